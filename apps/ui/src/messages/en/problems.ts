// SPDX-License-Identifier: Apache-2.0

/** What happened, by an error's code, and what to do about it. A code that isn't here is told in the error's own words. */
export const problems = {
  "problem.unknown": "Something went wrong.",
  "problem.unknown.advice": "Reload the page and try again.",
  "problem.node-unreachable": "This node can't be reached.",
  "problem.node-unreachable.advice": "Check your connection; the page tries again by itself.",
  "problem.node-answer-invalid": "The node answered with something this page doesn't understand.",
  "problem.node-answer-invalid.advice": "The node may be starting or out of date. Try again in a moment.",
  "problem.stream-unknown": "There is no such stream on this node.",
  "problem.stream-unknown.advice": "It may have been removed. Go back to the list to see what is live.",
  "problem.stream-off-air": "The stream is off air.",
  "problem.stream-off-air.advice":
    "The creator isn't broadcasting right now. This page starts by itself when the stream is back.",
  "problem.wallet-missing": "No wallet was found in this browser.",
  "problem.wallet-missing.advice": "Install a wallet for Polkadot, then look again.",
  "problem.wallet-no-accounts": "The wallet shows this page no account.",
  "problem.wallet-no-accounts.advice":
    "Open your wallet, create an account or let this site see one, and connect again.",
  "problem.wallet-not-authorised": "The wallet didn't allow this page to connect.",
  "problem.wallet-not-authorised.advice":
    "Nothing was shared. Connect again when you are ready, or allow this site in the wallet's settings.",
  "problem.wallet-rejected": "You didn't sign.",
  "problem.wallet-rejected.advice": "Nothing was signed and nothing was paid. Try again when you are ready.",
  "problem.wallet-busy": "The wallet is busy with another request.",
  "problem.wallet-busy.advice": "Answer or close what it shows, then try again.",
  "problem.wallet-timeout": "The wallet didn't answer.",
  "problem.wallet-timeout.advice":
    "Nothing was signed. Open the wallet to see whether it is locked, then try again.",
  "problem.wallet-locked": "The wallet is locked.",
  "problem.wallet-locked.advice": "Unlock it with your password and try again. Nothing was signed.",
  "problem.wallet-gone": "The wallet was restarted or removed.",
  "problem.wallet-gone.advice": "Reload this page to find it again.",
  "problem.wallet-account-unknown": "The wallet no longer offers this account.",
  "problem.wallet-account-unknown.advice":
    "Choose another account, or show it to this site again in the wallet's settings.",
  "problem.wallet-failed": "The wallet failed.",
  "problem.wallet-failed.advice":
    "Nothing was signed as far as this page knows. Open the wallet to see what it says, then try again.",
  "problem.balance-too-low": "The account hasn't enough for that.",
  "problem.balance-too-low.advice": "Choose another account, or a smaller amount.",
  "problem.amount-invalid": "That is no amount.",
  "problem.amount-invalid.advice": "Use a number such as 0.5.",
  "problem.keys-withheld": "The node was paid but hands out no keys; nothing more is paid until it does.",
  "problem.keys-withheld.advice":
    "You risk no more than the second that was withheld. Stop, and watch it elsewhere or later.",
  "problem.wrong-key": "The node handed out a key that does not open the media; nothing more is paid to it.",
  "problem.wrong-key.advice": "You risk no more than that second. Stop, and tell whoever runs this node.",
  "problem.limit-reached": "Your spending limit is reached.",
  "problem.limit-reached.advice":
    "Raise your limit to go on watching, or stop: what is left comes back to you.",
  "problem.tab-empty": "Your tab is empty.",
  "problem.tab-empty.advice": "Top up the tab to go on watching.",
  "problem.terms-changed": "The creator changed the price.",
  "problem.terms-changed.advice":
    "Accept the new price to go on, or stop: nothing is paid at the new price before you do.",
  "problem.preview-over": "The preview is over.",
  "problem.preview-over.advice":
    "Keep watching from a tab of yours: you pay for each second you watch, and for nothing else.",
  "problem.off-air": "The broadcast is interrupted.",
  "problem.off-air.advice": "Nothing is charged, and it goes on by itself.",
  "problem.pace-exceeded": "The stream asks for more seconds than have passed.",
  "problem.pace-exceeded.advice": "You pay no faster than time passes. It goes on by itself.",
  "problem.credit-exhausted": "Waiting for the chain to confirm the channel.",
  "problem.credit-exhausted.advice": "This goes away by itself, within a block or two.",
  "problem.recovering": "The node is recovering.",
  "problem.recovering.advice": "Nothing is charged meanwhile, and the stream goes on by itself.",
  "problem.superseded": "This stream is being watched in another window.",
  "problem.superseded.advice": "Close the other window, or go on watching here.",
  "problem.chain-unreachable": "The chain can't be reached.",
  "problem.chain-unreachable.advice":
    "New viewers can't start until it is back. Streams that are paid for go on.",
  "problem.insecure-context": "This page can't keep a key safely.",
  "problem.insecure-context.advice": "Open it over https, or on localhost.",
  "problem.store-failed": "Your browser keeps no data for this page.",
  "problem.store-failed.advice": "Leave private browsing, or allow storage, and reload.",
  "problem.store-locked": "This tab is in use in another window.",
  "problem.store-locked.advice": "Close it there, then try again.",
  "problem.player-unsupported": "This browser can't play live video.",
  "problem.player-unsupported.advice": "Use a current version of Chrome, Edge, Firefox or Safari.",
  "problem.stream-ended": "The stream has ended.",
  "problem.stream-ended.advice": "What you didn't spend is yours: it returns to your tab.",
  "problem.capture-refused": "This page may not use the device.",
  "problem.capture-refused.advice":
    "Allow it beside the address bar (and in the system's privacy settings), then try again.",
  "problem.capture-missing": "No such device was found.",
  "problem.capture-missing.advice": "Plug it in, or choose another one.",
  "problem.capture-busy": "The device doesn't start.",
  "problem.capture-busy.advice": "Another program may be using it: close that one, then try again.",
  "problem.capture-unavailable": "This browser can't capture that here.",
  "problem.capture-unavailable.advice":
    "Open the page over https, in a current version of Chrome, Edge, Firefox or Safari.",
  "problem.publish-refused": "The node doesn't let you broadcast to this stream.",
  "problem.publish-refused.advice":
    "Sign in as the account that made the stream; it may also have been ended.",
  "problem.publish-busy": "This stream is on air from somewhere else.",
  "problem.publish-busy.advice": "End that broadcast first, or wait some seconds if it has just ended.",
  "problem.publish-codec": "The node takes none of this browser's video formats.",
  "problem.publish-codec.advice": "Use another browser, or an encoder such as OBS.",
  "problem.webrtc-unavailable": "This node takes no video from browsers.",
  "problem.webrtc-unavailable.advice": "Use an encoder such as OBS, by RTMP.",
  "problem.publish-unreachable": "No video gets through to the node.",
  "problem.publish-unreachable.advice":
    "A firewall may be in between: try another network, or an encoder by RTMP.",
  "problem.publish-lost": "The broadcast was lost.",
  "problem.publish-lost.advice":
    "The connection didn't come back. Check it, then go live again: viewers are still there.",
} as const;
