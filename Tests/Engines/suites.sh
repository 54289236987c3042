#!/usr/bin/env bash
# The suites of Lua projects, as Debian has their sources, under lua5.4 and under vmoon: the same lines.
#
#   suites.sh fetch FOLDER
#   suites.sh run FOLDER VMOON
#
# `fetch` gets the sources, and what they need to run, with apt into FOLDER; it installs nothing, and says with 77 and
# a line why that cannot be done here. `run` prints a line for each suite and the lines in which the two differ.
set -u
action=$1 folder=$2
export LC_ALL=C

# Each suite: the source package, and what is run in its folder.
suites=(
    "lua-unit run_unit_tests.lua -o tap"
    "lua-unit run_functional_tests.lua -o tap"
    "lua-lpeg test.lua"
    "lua-filesystem tests/test.lua"
    "lua-say BUSTED spec"
    "lua-mediator BUSTED spec"
    "lua-inspect BUSTED spec"
    "lua-luassert BUSTED spec"
    "lua-argparse BUSTED spec"
)
# Fewer say little.
fewest=5
programs=(lua-busted lua-cliargs lua-luassert lua-say lua-penlight lua-term lua-mediator lua-system lua-filesystem lua-lpeg)

skip() {
    echo "$*"
    exit 77
}

# apt with lists of its own, which have the sources too.
apt() {
    timeout 60 apt-get -qq -o Dir::Etc::sourcelist="$folder/apt/sources.list" -o Dir::Etc::sourceparts="$folder/apt/parts" \
        -o Dir::State::lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" -o APT::Sandbox::User= \
        -o Acquire::Retries=1 -o Acquire::http::Timeout=10 "$@"
}

fetch() {
    command -v lua5.4 >/dev/null || skip "lua5.4 is not installed (apt-get install lua5.4)"
    command -v dpkg-deb >/dev/null && command -v apt-get >/dev/null || skip "this is no Debian: there is no apt"
    mkdir -p "$folder"/apt/{parts,lists/partial,cache/archives/partial} "$folder"/{got,root,sources}
    : >"$folder/apt/sources.list"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$list" ] && sed -n 's/^deb\(-src\)\?[[:space:]]\(.*\)/deb \2\ndeb-src \2/p' "$list" >>"$folder/apt/sources.list"
    done
    for list in /etc/apt/sources.list.d/*.sources; do
        [ -r "$list" ] && sed 's/^Types:.*/Types: deb deb-src/' "$list" >"$folder/apt/parts/${list##*/}"
    done
    apt update >"$folder/apt/log" 2>&1 || skip "apt has no lists here: $(tail -n 1 "$folder/apt/log")"
    cd "$folder/got" || exit 1
    apt download "${programs[@]}" >"$folder/apt/log" 2>&1 || skip "apt gets no packages here: $(tail -n 1 "$folder/apt/log")"
    for package in *.deb; do dpkg-deb -x "$package" "$folder/root" || exit 1; done
    for suite in "${suites[@]}"; do
        local package=${suite%% *} into=$folder/sources/${suite%% *}
        [ -d "$into" ] && continue
        apt source --tar-only --download-only "$package" >"$folder/apt/log" 2>&1 || continue
        mkdir "$into"
        tar -xf "$(ls "$package"_*.orig.tar.*z | head -n 1)" -C "$into" --strip-components 1 || exit 1
    done
    local count
    count=$(ls "$folder/sources" | wc -l)
    [ "$count" -ge "$fewest" ] || skip "apt gets only $count of the sources here: $(tail -n 1 "$folder/apt/log")"
}

# What differs from run to run: times, dates, addresses.
masked() { sed -E 's/0x[0-9a-f]+/0x…/g; s/[0-9.]+ seconds/… seconds/; s/^(# Started on ).*/\1…/'; }

# lines OUTPUT INTERPRETER ARGUMENT…
lines() {
    local output=$1
    shift
    timeout 60 "$@" >"$output.raw" 2>&1 </dev/null
    local status=$?
    { masked <"$output.raw"; echo "status $status"; } >"$output"
}

run() {
    local vmoon=$1 failed=0 ran=0 root=$folder/root/usr suite
    # vmoon searches the folder of the script first, by its whole path; so lua5.4 is told to.
    for suite in "${suites[@]}"; do
        read -r package words <<<"$suite"
        if [ ! -d "$folder/sources/$package" ]; then
            echo "$package: its source is not to be had"
            continue
        fi
        cd "$folder/sources/$package" || exit 1
        export LUA_PATH_5_4="$PWD/?.lua;$PWD/?/init.lua;$PWD/src/?.lua;$PWD/src/?/init.lua;$root/share/lua/5.4/?.lua;$root/share/lua/5.4/?/init.lua"
        export LUA_CPATH_5_4=$(echo "$root"/lib/*/lua/5.4)/?.so
        words=${words/BUSTED/$root/bin/busted -o TAP --pattern=_spec}
        local output="$folder/$package-${words//[^a-z]/}"
        lines "$output.lua" lua5.4 $words
        lines "$output.vmoon" "$vmoon" $words
        ran=$((ran + 1))
        echo "$package: $(grep -c '^ok' "$output.lua") of $(grep -cE '^(not )?ok' "$output.lua") under lua5.4," \
            "$(grep -c '^ok' "$output.vmoon") of $(grep -cE '^(not )?ok' "$output.vmoon") under vmoon," \
            "$(wc -l <"$output.lua") lines, $(tail -n 1 "$output.lua")"
        diff "$output.lua" "$output.vmoon" >"$output.diff" && continue
        head -n 40 "$output.diff"
        failed=1
    done
    echo "$ran suites"
    exit $failed
}

case $action in
fetch) fetch ;;
run) run "$3" ;;
*) exit 64 ;;
esac
