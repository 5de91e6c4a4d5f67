#!/bin/bash
# Tells the longest name of each kind in a list of lines "kind name".

function usage {
    echo 'usage: longest [-q] [-k kind] file...' >&2
    echo "  -q  only names" >&2
    exit 2
}

longest() {
    local file="$1" best=
    while read -r kind name; do
        if [ -n "$wanted" ] && [[ $kind != "$wanted" ]]; then
            continue
        fi
        if test ${#name} -gt ${#best}; then
            best="$name"
            of="${kind}"
        fi
    done < "$file"
    echo "$of: ${best}"
}

wanted=
quiet=no
here=$(dirname here/there)
today=`date +%Y`
rules="$here/rules"
if [ -f "$rules" ]; then
    . ./settings
    source "$rules"
fi
while true; do
    case "$1" in
    -q) quiet=yes ;;
    -k) wanted=$2; shift ;;
    -h | '--help text') usage ;;
    *) break ;;
    esac
    shift
done
for file in 'of one' "of two" "$@"; do
    if [ ! -f "$file" ]; then
        continue
    fi
    found=$(longest "$file")
    if [[ "$quiet" == yes ]]; then
        found="${found#*: }"
    fi
    cat <<END
in ${file} of $today: $found
END
done
