// RUN: act-opt %s --act-forbid-libm --split-input-file --verify-diagnostics

func.func @fine(%x: f32) -> f32 {
  %0 = math.sqrt %x : f32
  %1 = math.fma %0, %x, %x : f32
  return %1 : f32
}

// -----

func.func @cbrt(%x: f32) -> f32 {
  // expected-error @+1 {{'math.cbrt' has no code of its own here and would become a call of the math library}}
  %0 = math.cbrt %x : f32
  return %0 : f32
}

// -----

func.func @remainder(%x: f32) -> f32 {
  // expected-error @+1 {{'arith.remf' has no code of its own here}}
  %0 = arith.remf %x, %x : f32
  return %0 : f32
}
