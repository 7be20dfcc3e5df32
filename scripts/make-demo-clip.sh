#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes apps/cli/demo/demo.flv, the clip that `tickstream up` publishes in a loop. Needs ffmpeg and the DejaVu fonts; only
# whoever changes the clip runs it, since the clip is kept in the repo.
#
# The clip is 8 s because that is a whole number of both video frames (240 at 30 fps) and AAC frames (375 of 1,024 samples at
# 48 kHz), so it loops without a gap. The picture has a period of 8 s; the melody too, and its middle repetition of three is
# taken, so that the encoder's warm-up isn't heard at each turn.
set -euo pipefail
cd "$(dirname "$0")/.."
out=apps/cli/demo/demo.flv
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
fonts=/usr/share/fonts/truetype/dejavu

# One gentle melody: sixteen half-second notes, in semitones above A3.
notes=(0 7 12 16  -4 3 8 12  3 10 15 19  -2 5 10 14)
frequency="0"
for i in "${!notes[@]}"; do
  frequency="$frequency+eq(floor(mod(t,8)*2),$i)*220*pow(2,${notes[$i]}/12)"
done
note="mod(t,0.5)"
envelope="min(1,$note*80)*exp(-3*$note)*(1-2*$note)"
voice="0.22*$envelope*(sin(2*PI*($frequency)*$note)+0.35*sin(4*PI*($frequency)*$note)*exp(-4*$note))"
pad="0.05*(sin(2*PI*110*t)+sin(2*PI*165*t))*(0.7+0.3*cos(2*PI*t/8))"
ffmpeg -v error -y -f lavfi -i "aevalsrc=exprs='$voice+$pad|0.85*$voice+$pad':s=48000:d=24" \
  -c:a aac -b:a 96k -ar 48000 -ac 2 "$work/melody.m4a"
ffmpeg -v error -y -ss 8 -i "$work/melody.m4a" -c copy -frames:a 375 "$work/loop.m4a"

# Slow waves of colour, drawn small and enlarged; a ring that fills once a second; the name and a running counter.
waves="geq=r='54+30*sin(2*PI*T/8+X/26)+18*sin(Y/17-2*PI*T/4)':g='40+22*sin(2*PI*T/8+X/40+Y/20)':b='96+40*sin(X/31-2*PI*T/8)+26*cos(Y/23+2*PI*T/8)'"
ring="geq=lum='235':cb='128':cr='128':a='255*clip(hypot(X-75,Y-75)-58,0,1)*clip(68-hypot(X-75,Y-75),0,1)*(0.16+0.84*lt(mod(atan2(X-75,75-Y)/(2*PI)+1,1),mod(T,1)+0.02))'"
text() { # file size x y
  printf "drawtext=fontfile=%s:fontsize=%s:fontcolor=white:x=%s:y=%s:text='%s'" "$fonts/$1" "$2" "$3" "$4" "$5"
}
ffmpeg -v error -y \
  -f lavfi -i "color=c=black:s=160x90:r=30:d=8,format=gbrp,$waves,scale=640:360:flags=bicubic,format=yuv420p" \
  -f lavfi -i "color=c=black:s=150x150:r=30:d=8,format=yuva444p,$ring" \
  -filter_complex "[0][1]overlay=435:105:format=auto,\
$(text DejaVuSans-Bold.ttf 54 52 112 Tickstream),\
$(text DejaVuSans.ttf 20 56 184 'live video, paid by the second'),\
$(text DejaVuSansMono.ttf 16 56 226 'demo  %{eif\:floor(t)\:d\:2}.%{eif\:mod(floor(t*10)\,10)\:d} s  frame %{eif\:n\:d\:3}'),\
$(text DejaVuSans-Bold.ttf 44 '510-tw/2' 162 '%{eif\:floor(t)+1\:d}')" \
  -frames:v 240 -c:v libx264 -preset veryslow -profile:v main -level 3.0 -pix_fmt yuv420p -bf 0 -g 30 -keyint_min 30 \
  -sc_threshold 0 -crf 24 -maxrate 900k -bufsize 900k -x264-params "scenecut=0:open-gop=0" "$work/picture.mp4"

ffmpeg -v error -y -i "$work/picture.mp4" -i "$work/loop.m4a" -map 0:v -map 1:a -c copy \
  -fflags +bitexact -flags +bitexact "$out"
ls -l "$out"
