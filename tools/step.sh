#!/usr/bin/env bash
# Runs one step of `make check`: prints its name, then how long it took and whether it passed.
#
#     tools/step.sh NAME COMMAND...
set -uo pipefail
name=$1
shift
printf '==> %s\n' "$name"
start=$SECONDS
"$@"
status=$?
if ((status == 0)); then outcome=passed; else outcome="FAILED ($status)"; fi
printf '<== %s %s in %d s\n' "$name" "$outcome" "$((SECONDS - start))"
exit "$status"
