#!/usr/bin/env bash
# Makes .venv: Python's own venv, uv from a hash-checked lock, every dependency from another,
# and this repository's packages as editable installs. Run by make; safe to run again.
#
# PYTHON names the interpreter; without it the first Python 3.11 or newer on PATH is taken.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly venv=.venv
readonly needed='import sys; sys.exit(sys.version_info < (3, 11))'

fail() {
  printf 'set-up failed: %s\n' "$*" >&2
  exit 1
}

find_python() {
  local candidate
  if [[ -n ${PYTHON:-} ]]; then
    "$PYTHON" -c "$needed" 2>/dev/null ||
      fail "PYTHON=$PYTHON is not a Python 3.11 or newer ($("$PYTHON" --version 2>&1 || true))"
    printf '%s' "$PYTHON"
    return
  fi
  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c "$needed" 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
  fail "no Python 3.11 or newer on PATH; install one, or name it: make PYTHON=/path/to/python3.12"
}

make_venv() {
  local python
  # A virtual environment whose interpreter was removed or upgraded away is made anew.
  if "$venv/bin/python" -c "$needed" 2>/dev/null; then return; fi
  python=$(find_python)
  printf 'Making %s with %s\n' "$venv" "$("$python" --version)"
  "$python" -m venv --clear "$venv" ||
    fail "$python has no working venv module; Debian and Ubuntu keep it in the package python3-venv"
}

# uv does not read pip's configuration; a machine set up for pip alone works all the same.
share_pip_configuration() {
  local index=${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)}
  local certificates=${PIP_CERT:-$("$venv/bin/python" -m pip config get global.cert 2>/dev/null || true)}
  if [[ -n $index && -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]]; then export UV_DEFAULT_INDEX=$index; fi
  if [[ -n $certificates && -z ${SSL_CERT_FILE:-} ]]; then export SSL_CERT_FILE=$certificates; fi
}

make_venv
printf 'Installing the locked dependencies\n'
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
  --only-binary :all: --requirement requirements/bootstrap.lock
share_pip_configuration
export VIRTUAL_ENV=$PWD/$venv
"$venv/bin/uv" pip sync --quiet --require-hashes --only-binary :all: --compile-bytecode requirements/dev.lock
packages=()
for file in gen/pyproject.toml libs/*/pyproject.toml svc_*/pyproject.toml \
  gateway_envoy/pyproject.toml deploy/*/pyproject.toml; do
  packages+=(--editable "$(dirname "$file")")
done
"$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation "${packages[@]}"
# Processes start in half the time with compiled modules, also where Python may not write them.
"$venv/bin/python" -m compileall -q -j 0 gen libs svc_* gateway_envoy deploy tools
