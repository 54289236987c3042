# Sourced by scripts/package and scripts/install: where the files of vmoon go.

version() { sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/Text/Release.swift; }

# place MODE FILE TO: a copy; its folders are made.
place() { install -D -m "$1" "$2" "$3"; }

# lay_out ROOT PREFIX ZSH: everything but licences, as it is below PREFIX in ROOT. ZSH is where this prefix has zsh's
# functions. The samples name the folders that they find things in.
lay_out() {
    local bin=.build/release share=$1$2/share doc=$1$2/share/doc/vmoon name shell
    for name in vmoon vmoon-sim; do place 755 "$bin/$name" "$1$2/bin/$name"; done

    local made
    made=$(mktemp -d)
    "$bin/vmoon" --man >"$made/vmoon.1"
    "$bin/vmoon-sim" --man >"$made/vmoon-sim.1"
    "$bin/vmoon" doc --man >"$made/vmoon-lua.7"
    gzip -9n "$made"/*.[17]
    place 644 "$made/vmoon.1.gz" "$share/man/man1/vmoon.1.gz"
    place 644 "$made/vmoon-sim.1.gz" "$share/man/man1/vmoon-sim.1.gz"
    place 644 "$made/vmoon-lua.7.gz" "$share/man/man7/vmoon-lua.7.gz"
    for name in vmoon vmoon-sim; do
        for shell in bash zsh fish; do "$bin/$name" --completions $shell >"$made/$shell"; done
        place 644 "$made/bash" "$share/bash-completion/completions/$name"
        place 644 "$made/zsh" "$share/zsh/$3/_$name"
        place 644 "$made/fish" "$share/fish/vendor_completions.d/$name.fish"
    done
    rm -r "$made"

    for name in scripts/*.lua; do
        # What `vmoon types` has written for an editor is no source: it depends on who has called it.
        case $name in scripts/demo.lua | scripts/vmoon-api.d.lua) continue ;; esac
        # Workflows are programs: they begin with #!.
        place "$(head -c 2 "$name" | grep -qF '#!' && echo 755 || echo 644)" "$name" "$share/vmoon/${name#scripts/}"
    done
    # As in the sources, so that links from one page to another lead somewhere.
    for name in README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md scripts/COOKBOOK.md docs/*.md docs/grafana.json docs/decisions/*.md \
        Sources/Simulator/Simulator.docc/Simulator.md; do
        place 644 "$name" "$doc/$name"
    done
    for name in README.md cronjob.yaml vmoon-nightly.sbatch vmoon-nightly.service vmoon-nightly.timer vmoon.crontab; do
        place 644 "scripts/deploy/$name" "$doc/scripts/deploy/$name"
    done
    sed -i "s@/usr/local/@$2/@g; s@PATH=$2/bin:/usr/bin:/bin@PATH=$2/bin:/usr/bin:/bin@" "$doc"/scripts/deploy/*
}
