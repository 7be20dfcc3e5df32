// SPDX-License-Identifier: Apache-2.0
import type { Translation } from "../translation.ts";
import type { problems as english } from "../en/problems.ts";

export const problems: Translation<typeof english> = {
  "problem.unknown": "Etwas ist schiefgegangen.",
  "problem.unknown.advice": "Lade die Seite neu und versuche es noch einmal.",
  "problem.node-unreachable": "Dieser Node ist nicht erreichbar.",
  "problem.node-unreachable.advice": "Prüfe deine Verbindung; die Seite versucht es von selbst wieder.",
  "problem.node-answer-invalid": "Der Node antwortet, aber diese Seite versteht es nicht.",
  "problem.node-answer-invalid.advice":
    "Vielleicht startet er gerade oder ist veraltet. Versuche es gleich noch einmal.",
  "problem.stream-unknown": "Diesen Stream gibt es auf diesem Node nicht.",
  "problem.stream-unknown.advice": "Vielleicht wurde er entfernt. Die Liste zeigt, was gerade live ist.",
  "problem.stream-off-air": "Der Stream ist nicht auf Sendung.",
  "problem.stream-off-air.advice":
    "Gerade wird nicht gesendet. Diese Seite beginnt von selbst, wenn es weitergeht.",
  "problem.wallet-missing": "In diesem Browser wurde keine Wallet gefunden.",
  "problem.wallet-missing.advice": "Installiere eine Wallet für Polkadot und suche dann noch einmal.",
  "problem.wallet-no-accounts": "Die Wallet zeigt dieser Seite kein Konto.",
  "problem.wallet-no-accounts.advice":
    "Öffne die Wallet, lege ein Konto an, gib eines für diese Seite oder für jede Chain frei und verbinde noch einmal.",
  "problem.wallet-not-authorised": "Die Wallet hat diese Seite nicht zugelassen.",
  "problem.wallet-not-authorised.advice":
    "Es wurde nichts geteilt. Verbinde noch einmal, wenn du so weit bist, oder erlaube die Seite in den Einstellungen der Wallet.",
  "problem.wallet-connection-declined": "Die Wallet wurde nicht verbunden.",
  "problem.wallet-connection-declined.advice":
    "Ihre Anfrage wurde geschlossen, und nichts wurde geteilt. Verbinde noch einmal, wenn du so weit bist.",
  "problem.wallet-rejected": "Du hast nicht unterschrieben.",
  "problem.wallet-rejected.advice":
    "Nichts wurde unterschrieben und nichts bezahlt. Versuche es noch einmal, wenn du so weit bist.",
  "problem.wallet-busy": "Die Wallet ist mit einer anderen Anfrage beschäftigt.",
  "problem.wallet-busy.advice": "Beantworte oder schließe, was sie zeigt, und versuche es noch einmal.",
  "problem.wallet-timeout": "Die Wallet hat nicht geantwortet.",
  "problem.wallet-timeout.advice":
    "Nichts wurde unterschrieben. Sieh nach, ob die Wallet gesperrt ist oder noch etwas fragt, und versuche es noch einmal. Schweigt sie weiter, lade diese Seite neu.",
  "problem.wallet-locked": "Die Wallet ist gesperrt.",
  "problem.wallet-locked.advice":
    "Entsperre sie mit deinem Passwort und versuche es noch einmal. Nichts wurde unterschrieben.",
  "problem.wallet-gone": "Die Wallet wurde neu gestartet oder entfernt.",
  "problem.wallet-gone.advice": "Lade diese Seite neu, um sie wiederzufinden.",
  "problem.wallet-account-unknown": "Die Wallet bietet dieses Konto nicht mehr an.",
  "problem.wallet-account-unknown.advice":
    "Wähle ein anderes Konto oder gib es in den Einstellungen der Wallet wieder frei.",
  "problem.wallet-failed": "In der Wallet ist etwas schiefgegangen.",
  "problem.wallet-failed.advice":
    "Soweit diese Seite weiß, wurde nichts unterschrieben. Sieh in der Wallet nach und versuche es noch einmal.",
  "problem.balance-too-low": "Das Konto hat dafür nicht genug.",
  "problem.balance-too-low.advice": "Wähle ein anderes Konto oder einen kleineren Betrag.",
  "problem.transaction-invalid": "Die Chain kann die Transaktion nicht ausführen.",
  "problem.transaction-invalid.advice": "Meist hat das Konto nicht genug für Betrag und Gebühr.",
  "problem.transaction-usurped": "Eine andere Transaktion dieses Kontos war schneller.",
  "problem.transaction-usurped.advice": "Mit dieser wurde nichts bezahlt. Versuche es noch einmal.",
  "problem.amount-invalid": "Das ist kein Betrag.",
  "problem.amount-invalid.advice": "Gib eine Zahl ein, etwa 0,5.",
  "problem.keys-withheld":
    "Der Node wurde bezahlt, gibt aber keine Schlüssel heraus; bis dahin wird nichts mehr bezahlt.",
  "problem.keys-withheld.advice":
    "Mehr als diese eine Sekunde steht nicht auf dem Spiel. Hör auf und sieh anderswo oder später weiter.",
  "problem.wrong-key": "Der Schlüssel dieses Nodes öffnet das Bild nicht; er bekommt nichts mehr.",
  "problem.wrong-key.advice":
    "Mehr als diese Sekunde steht nicht auf dem Spiel. Hör auf und sag es dem Betreiber.",
  "problem.limit-reached": "Dein Limit ist erreicht.",
  "problem.limit-reached.advice": "Erhöhe es, um weiterzusehen, oder hör auf: Der Rest kommt zu dir zurück.",
  "problem.tab-empty": "Dein Guthaben ist aufgebraucht.",
  "problem.tab-empty.advice": "Lade es auf, um weiterzusehen.",
  "problem.terms-changed": "Der Preis hat sich geändert.",
  "problem.terms-changed.advice":
    "Nimm den neuen Preis an oder hör auf: Vorher wird zum neuen Preis nichts bezahlt.",
  "problem.preview-over": "Die Vorschau ist zu Ende.",
  "problem.preview-over.advice":
    "Sieh mit einem Guthaben weiter: Du bezahlst jede Sekunde, die du siehst, und sonst nichts.",
  "problem.off-air": "Die Sendung ist unterbrochen.",
  "problem.off-air.advice": "Es wird nichts berechnet, und es geht von selbst weiter.",
  "problem.pace-exceeded": "Der Stream verlangt mehr Sekunden, als vergangen sind.",
  "problem.pace-exceeded.advice":
    "Du bezahlst nicht schneller, als die Zeit vergeht. Es geht von selbst weiter.",
  "problem.credit-exhausted": "Warten, bis die Chain den Kanal bestätigt.",
  "problem.credit-exhausted.advice": "Das erledigt sich von selbst, in ein bis zwei Blöcken.",
  "problem.recovering": "Der Node erholt sich gerade.",
  "problem.recovering.advice": "Solange wird nichts berechnet, und der Stream geht von selbst weiter.",
  "problem.superseded": "Dieser Stream läuft in einem anderen Fenster.",
  "problem.superseded.advice": "Schließe das andere Fenster oder sieh hier weiter.",
  "problem.chain-unreachable": "Die Chain ist nicht erreichbar.",
  "problem.chain-unreachable.advice":
    "Bis sie zurück ist, kann nichts Neues bezahlt oder unterschrieben werden; bezahlte Streams laufen weiter. Diese Seite merkt es von selbst.",
  "problem.insecure-context": "Diese Seite kann keinen Schlüssel sicher verwahren.",
  "problem.insecure-context.advice": "Öffne sie über https oder auf localhost.",
  "problem.store-failed": "Dein Browser speichert für diese Seite nichts.",
  "problem.store-failed.advice": "Verlasse den privaten Modus oder erlaube das Speichern und lade neu.",
  "problem.store-locked": "Dieses Guthaben wird in einem anderen Fenster benutzt.",
  "problem.store-locked.advice": "Schließe es dort und versuche es noch einmal.",
  "problem.player-unsupported": "Dieser Browser kann kein Live-Video abspielen.",
  "problem.player-unsupported.advice": "Nimm eine aktuelle Version von Chrome, Edge, Firefox oder Safari.",
  "problem.rate-limited": "Der Node wurde zu oft gefragt.",
  "problem.rate-limited.advice": "Warte ein paar Sekunden und versuche es noch einmal.",
  "problem.node-stopping": "Der Node hält an.",
  "problem.node-stopping.advice":
    "Was du bezahlt hast, bleibt erhalten. Diese Seite macht von selbst weiter, wenn er zurück ist.",
  "problem.tab-opening-failed": "Die Chain hat den Zahlungskanal nicht eröffnet.",
  "problem.tab-opening-failed.advice":
    "Es wurde nichts ausgegeben. Sieh noch einmal zu: Es entsteht ein neuer Kanal.",
  "problem.player-failed": "Die Wiedergabe wurde gestört.",
  "problem.player-failed.advice": "Sie beginnt von selbst neu. Bleibt es dabei, lade die Seite neu.",
  "problem.request-refused": "Der Node hat eine Anfrage abgelehnt.",
  "problem.request-refused.advice":
    "Er ist vielleicht beschäftigt oder startet gerade. Versuche es gleich noch einmal.",
  "problem.node-misbehaved": "Der Node hat das Zahlungsprotokoll verletzt.",
  "problem.node-misbehaved.advice":
    "Er bekommt nichts mehr bezahlt. Hör auf und sag es denen, die diesen Node betreiben.",
  "problem.stream-ended": "Der Stream ist zu Ende.",
  "problem.stream-ended.advice":
    "Was du nicht ausgegeben hast, gehört dir: Es kehrt in dein Guthaben zurück.",
  "problem.capture-refused": "Diese Seite darf das Gerät nicht benutzen.",
  "problem.capture-refused.advice":
    "Erlaub es neben der Adresszeile (und in den Datenschutzeinstellungen des Systems), dann versuch es noch einmal.",
  "problem.capture-missing": "Es wurde kein solches Gerät gefunden.",
  "problem.capture-missing.advice": "Steck es an oder wähl ein anderes.",
  "problem.capture-busy": "Das Gerät startet nicht.",
  "problem.capture-busy.advice":
    "Vielleicht benutzt es ein anderes Programm: Schließ das, dann versuch es noch einmal.",
  "problem.capture-unavailable": "Dieser Browser kann das hier nicht aufnehmen.",
  "problem.capture-unavailable.advice":
    "Öffne die Seite über https, in einer aktuellen Version von Chrome, Edge, Firefox oder Safari.",
  "problem.publish-refused": "Der Node lässt dich auf diesen Stream nicht senden.",
  "problem.publish-refused.advice":
    "Melde dich mit dem Konto an, das den Stream gemacht hat; vielleicht wurde er auch beendet.",
  "problem.publish-busy": "Dieser Stream ist von woanders auf Sendung.",
  "problem.publish-busy.advice":
    "Beende erst jene Sendung, oder warte ein paar Sekunden, wenn sie gerade zu Ende ging.",
  "problem.publish-codec": "Der Node nimmt keins der Videoformate dieses Browsers.",
  "problem.publish-codec.advice": "Nimm einen anderen Browser oder einen Encoder wie OBS.",
  "problem.webrtc-unavailable": "Dieser Node nimmt kein Video von Browsern an.",
  "problem.webrtc-unavailable.advice": "Nimm einen Encoder wie OBS, über RTMP.",
  "problem.publish-unreachable": "Es kommt kein Video beim Node an.",
  "problem.publish-unreachable.advice":
    "Vielleicht ist eine Firewall dazwischen: Versuch ein anderes Netz oder einen Encoder über RTMP.",
  "problem.publish-lost": "Die Sendung ging verloren.",
  "problem.publish-lost.advice":
    "Die Verbindung kam nicht wieder. Prüf sie und geh dann noch einmal live: Die Zuschauer sind noch da.",
};
