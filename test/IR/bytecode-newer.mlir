// RUN: not act-opt %S/Data/version-100.2.mlirbc 2>&1 | FileCheck %s

// The fixture was made from a file of this library by changing its version.
// CHECK: error: version 100.2 of the act dialect is newer than this library's {{[0-9]+\.[0-9]+}}
