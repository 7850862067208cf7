# gradient_ops.py - how the gradient of an entry is written.
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from dataclasses import dataclass

from entries import Entry, entries


@dataclass(frozen=True)
class GradientOp:
    """The op `<name>_grad` of an entry, from the operands or, with `from_result`
    (of a unary entry), from the result."""

    entry: Entry
    from_result: bool = False

    @property
    def mnemonic(self):
        return f"{self.entry.mnemonic}_grad"

    @property
    def name(self):
        """For tests."""
        return self.mnemonic + "-from-result" * self.from_result

    @property
    def settings(self):
        """Those of the entry for which there is this op."""
        if not self.from_result:
            return self.entry.settings
        return [s for s in self.entry.settings if self.entry.has_result(s)]

    @property
    def operands(self):
        """Names, the last of which is dy."""
        if self.entry.shape == "row":
            return ("y" if self.entry.gradient_from_result else "x", "dy")
        return ("y", "dy") if self.from_result else (*self.entry.operands, "dy")

    def operand_types(self, type_, setting=None, dim=None):
        """The types of the operands where the first has `type_`."""
        last = self.entry.result_type(type_, setting or {}, dim)
        if self.entry.shape == "row":
            return [type_, last]
        if self.entry.shape == "broadcast":
            return [*self.entry.operand_types(type_, dim), type_]
        return [type_] * len(self.operands)

    def result_types(self, type_, dim=None):
        """Those of the gradients: of what they are gradients with respect to."""
        if self.entry.shape in ("gated", "broadcast"):
            return self.entry.operand_types(type_, dim)
        return [type_]

    def spell(self, operands, type_, setting=None, dim=None):
        """The op as text, without results."""
        text = self.entry.spell(operands, type_, setting, dim)
        head, _ = text.rsplit(" : ", 1)
        head = head.replace(f"act.{self.entry.mnemonic} ", f"act.{self.mnemonic} ", 1)
        if self.from_result:
            names = ", ".join(operands)
            head = head.replace(names, f"{names} from<result>", 1)
        types = [type_]
        if self.entry.shape == "broadcast":
            types = self.entry.operand_types(type_, dim)
        if self.entry.shape == "row":
            types = self.operand_types(type_, setting, dim)
            size = self.entry.row_size
            if (size.factor, size.constant) == (1, "0"):
                types = types[:1]
        return f"{head} : {', '.join(types)}"

    def function(self, name, type_, setting=None, dim=None):
        """A function that is the op."""
        setting = self.settings[0] if setting is None else setting
        names = [f"%{o}" for o in self.operands]
        types = self.operand_types(type_, setting, dim)
        arguments = ", ".join(f"{n}: {t}" for n, t in zip(names, types))
        results = self.result_types(type_, dim)
        values = ", ".join(f"%r{i}" for i in range(len(results)))
        return (
            f"func.func @{name}({arguments}) -> ({', '.join(results)}) {{\n"
            f"  {values} = {self.spell(names, type_, setting, dim)}\n"
            f"  return {values} : {', '.join(results)}\n}}\n"
        )


def gradient_ops():
    """Of every entry, those from the result too."""
    found = [GradientOp(e) for e in entries()]
    return found + [GradientOp(e, True) for e in entries() if e.result_reference]
