// Writes what each letter is compared as: its base letters in lower case.
//   node generate_text_folding.mjs OUT.cc
import { writeFileSync } from 'node:fs';

// Letters of their own that have no decomposition; what people type for them.
const own = { ß: 'ss', ẞ: 'ss', æ: 'ae', Æ: 'ae', ø: 'o', Ø: 'o', đ: 'd', Đ: 'd', ð: 'd', Ð: 'd', ł: 'l', Ł: 'l',
              þ: 'th', Þ: 'th', œ: 'oe', Œ: 'oe', ı: 'i', ħ: 'h', Ħ: 'h', ŧ: 't', Ŧ: 't' };
const ranges = [[0xaa, 0x24f], [0x370, 0x52f], [0x531, 0x556], [0x1e00, 0x1fff], [0x2c00, 0x2dff], [0xa640, 0xa7ff],
                [0xfb00, 0xfb06], [0xff21, 0xff5a]];

const foldOf = (letter) => own[letter] ?? [...letter.normalize('NFKD').toLowerCase().normalize('NFKD')]
  .filter((c) => !/\p{M}/u.test(c)).map((c) => own[c] ?? c).join('');
const hex = (text) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16)}`).join('');

const rows = [];
for (const [first, last] of ranges) {
  for (let code = first; code <= last; ++code) {
    const letter = String.fromCharCode(code);
    const folded = /[\p{L}\p{N}]/u.test(letter) ? foldOf(letter) : letter;
    if (folded && folded !== letter) rows.push(`    {0x${code.toString(16)}, "${hex(folded)}"},`);
  }
}
writeFileSync(process.argv[2], `// Generated from Unicode's decompositions; not to be edited.
#include "fhir/search/text_folding.h"

namespace fhir {
namespace {

constexpr Folding kRows[] = {
${rows.join('\n')}
};

}  // namespace

std::span<const Folding> Foldings() { return kRows; }

}  // namespace fhir
`);
