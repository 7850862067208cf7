#!/bin/sh
#===- generate-coefficients.sh - run minimax.sollya ------------------------===//
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===//
#
# Writes include/act/Primitives/Coefficients.inc and Tables.inc. Needs Sollya 8;
# takes half a minute. With --check it writes nothing and fails if a file is not
# what it would write.

set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
new=$(mktemp)
trap 'rm -f "$new"' EXIT

# generate NAME SCRIPT SUMMARY OPENING CLOSING
generate() {
  out=$root/include/act/Primitives/$1.inc
  guard=ACT_PRIMITIVES_$(echo "$1" | tr '[:lower:]' '[:upper:]')_INC
  {
    title="//===- $1.inc - $3 "
    language='*- C++ -*-===//'
    while [ $((${#title} + ${#language})) -lt 80 ]; do title=$title-; done
    cat <<END
$title$language
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Generated from utils/$2 by utils/generate-coefficients.sh. Do not
// edit. Each constant is exact in the type it belongs to.
//
//===----------------------------------------------------------------------===//

#ifndef $guard
#define $guard

namespace mlir::act {

$4
END
    sollya "$root/utils/$2" < /dev/null | grep -v '^The precision'
    cat <<END
$5
} // namespace mlir::act

#endif // $guard
END
  } > "$new"
  if grep -nx ' *error,\{0,1\}' "$new" >&2; then
    echo "$2: Sollya could not evaluate a constant" >&2
    exit 1
  fi
  if [ "$mode" = --check ]; then
    diff "$out" "$new"
  else
    cp "$new" "$out"
  fi
}

mode=${1:-}
generate Coefficients minimax.sollya 'constants of the primitives' \
  "template <typename T>
struct Coefficients;
" ''
generate Tables tables.sollya 'what primitives look up' 'struct Tables {' '};
'
