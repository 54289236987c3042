#!/usr/bin/env bash
# Packs the programs that scripts/build has made, twice, and checks what comes out: the same bytes, what is in there, what
# the programs ask of a machine, lintian, the list of parts.
. "$(dirname "$0")/../../scripts/setup.sh"
. scripts/layout.sh
need lintian python3-venv binutils man-db
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() { printf 'package: %s\n' "$*" >&2 && failed=1; }

scripts/package --no-build --out .build/package >/dev/null
# What an editor's types have left in the folder is no part of it.
stray=scripts/vmoon-api.d.lua
if [ -e $stray ]; then stray=; else touch $stray; fi
# Another time of day, zone, language and number of processors.
TZ=Asia/Tokyo LC_ALL=C.UTF-8 scripts/package --no-build --out "$work/again" >/dev/null
[ -z "$stray" ] || rm $stray
diff -r .build/package "$work/again" >&2 || fail "a second packing differs"
version=$(version)
name=vmoon_${version}_$(dpkg --print-architecture)
(cd .build/package && sha256sum --quiet -c SHA256SUMS) || fail "SHA256SUMS is wrong"

say "contents"
dpkg-deb -x ".build/package/$name.deb" "$work/deb"
tar -C "$work" -xf ".build/package/$name.tar.gz"
share="share/man/man1/vmoon.1.gz share/man/man1/vmoon-sim.1.gz share/man/man7/vmoon-lua.7.gz
    share/bash-completion/completions/vmoon share/fish/vendor_completions.d/vmoon.fish
    share/bash-completion/completions/vmoon-sim share/fish/vendor_completions.d/vmoon-sim.fish
    share/vmoon/nightly-rollback.lua share/vmoon/vmoon.d.lua share/doc/vmoon/README.md share/doc/vmoon/scripts/COOKBOOK.md
    share/doc/vmoon/scripts/deploy/vmoon-nightly.service share/doc/vmoon/scripts/deploy/vmoon-nightly.timer"
for file in bin/vmoon bin/vmoon-sim $share share/zsh/vendor-completions/_vmoon{,-sim} share/doc/vmoon/copyright; do
    [ -s "$work/deb/usr/$file" ] || fail "the package has no $file"
done
for file in bin/vmoon bin/vmoon-sim $share share/zsh/site-functions/_vmoon{,-sim} LICENSE NOTICES README.md; do
    [ -s "$work/vmoon-$version/$file" ] || fail "the archive has no $file"
done
for file in scripts/*.lua; do
    [ "$file" = scripts/demo.lua ] || cmp -s "$file" "$work/deb/usr/share/vmoon/${file#scripts/}" || fail "$file is missing"
done
while read -r link; do
    [ "$link" = LICENSE ] || [ -e "$work/deb/usr/share/doc/vmoon/$link" ] || fail "README.md links to $link, which is not there"
done < <(grep -oE '\]\([^)]+\)' README.md | sed -E 's/^\]\(//; s/[#)].*//' | grep -vE '^(https?:|$)' | sort -u)
grep -rl /usr/local "$work/deb/usr/share/doc/vmoon/scripts/deploy" --include='vmoon*' && fail "a sample names /usr/local"
for page in "$work"/deb/usr/share/man/man?/*; do
    [ -z "$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null)" ] || fail "man finds fault with $page"
done
for file in "$work"/deb/usr/share/bash-completion/completions/*; do bash -n "$file" || fail "the completion $file"; done

say "notices"
"$work/vmoon-$version/bin/vmoon" --licenses | cmp - "$work/vmoon-$version/NOTICES" || fail "vmoon --licenses is not NOTICES"
for part in Lua RapidJSON SQLite "Swift runtime" libstdc++ libgcc SwiftNIO "SwiftNIO SSL" BoringSSL llhttp; do
    for file in "$work/vmoon-$version/NOTICES" "$work/deb/usr/share/doc/vmoon/copyright"; do
        grep -qF "$part" "$file" || fail "$file does not name $part"
    done
done
scripts/notices --verify || fail "something is linked in that no notice is about"

say "what the programs ask for"
for program in "$work"/deb/usr/bin/*; do
    # Each version of each library that it asks for: "libm.so.6 GLIBC_2.29".
    asked=$(readelf -VW "$program" | awk '/ File: / { file = $5 } / Name: .* Flags: / { print file, $3 }' | sort -u)
    [ -n "$asked" ] || fail "${program##*/} asks for no version of anything: is it read aright?"
    newest=$(sort -t ' ' -k 1,1 -k 2,2V <<<"$asked" | awk '{ newest[$1] = $2 } END { for (file in newest) print file, newest[file] }' | sort | paste -sd,)
    printf '%s: %s bytes; %s\n' "${program##*/}" "$(stat -c %s "$program")" "$newest"
    while read -r library wanted; do
        [[ $wanted =~ ^GLIBC_[0-9.]+$ && $(printf '%s\nGLIBC_2.34\n' "$wanted" | sort -V | tail -n 1) == GLIBC_2.34 ]] ||
            fail "${program##*/} asks for more than glibc 2.34: $wanted of $library"
    done <<<"$asked"
    readelf -dW "$program" | grep -F '(RELR' && fail "${program##*/} has relocations that only glibc 2.36 reads"
    # That libraries of glibc's and nothing else is loaded, and that no path of this machine is in there.
    libraries=$(readelf -d "$program" | sed -nE 's/.*NEEDED.*\[(.*)\]/\1/p' | grep -vE '^(libc|libm|ld-linux[-_a-z0-9]*)\.so\.[0-9]+$') &&
        fail "${program##*/} loads $libraries"
    grep -qaF "$PWD" "$program" && fail "${program##*/} has the path $PWD in it"
done

say "lintian"
lintian --fail-on error,warning --allow-root ".build/package/$name.deb" || fail "lintian"

say "the list of parts"
python3 -m venv "$work/venv"
if "$work/venv/bin/pip" install -q spdx-tools==0.8.5 2>"$work/pip"; then
    "$work/venv/bin/pyspdxtools" -i ".build/package/$name.spdx.json" || fail "the list of parts is not SPDX"
else
    say "skipped: spdx-tools cannot be had: $(tail -n 1 "$work/pip")"
fi

say "installing and removing"
DESTDIR=$work/own scripts/install /opt/vmoon >/dev/null
DESTDIR=$work/own scripts/install /opt/vmoon >/dev/null
"$work/own/opt/vmoon/bin/vmoon" --sim -e 'print(item("golden/ubuntu-22.04"):latest())' | grep -qx 2 || fail "the installed vmoon"
DESTDIR=$work/own scripts/uninstall /opt/vmoon >/dev/null
left=$(find "$work/own" -mindepth 1 ! -path "$work/own/opt" ! -path "$work/own/opt/vmoon")
[ -z "$left" ] || fail "scripts/uninstall leaves $left"
[ $failed -eq 0 ] || exit 1
say "the package is well"
