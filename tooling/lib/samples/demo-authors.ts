import type { Author } from './invent.ts'

/**
 * The people of the demo, all invented: Fernlight, an open network of home-built weather stations, those who write about
 * it, related projects, and owners of a station. Forty are on the watchlist.
 */
export const AUTHORS: readonly Author[] = [
  ...tier('teammate', [
    ['fernlight', 'Fernlight', 21_000, 'The project itself.'],
    ['fernlight_stat', 'Fernlight Status', 1_400, 'Automatic: the morning count and incidents.'],
    ['odalys_makes', 'Odalys Brandt', 5_200, 'Hardware. Designed the Sprig.'],
    ['temeke_fw', 'Temeke Sorley', 2_600, 'Firmware: Puddle.'],
    ['juno_windrose', 'Juno Aldous', 3_100, 'The map: Windrose.'],
    ['pell_data', 'Pell Okafor-Lind', 1_900, 'The archive and its quality checks.'],
    ['sabra_rahal', 'Sabra Rahal', 1_500, 'Community and support.'],
    ['ines_field', 'Inês Castellan', 900, 'Field work, mostly up masts.'],
    ['koji_tk', 'Koji Tanabe', 1_100, 'Radio and power.'],
    ['wrenashdown', 'Wren Ashdown', 800, 'Schools.'],
  ]),
  ...tier('influencer', [
    ['dewpointcast', 'Dewpoint, the podcast', 46_000, 'Weekly, 60,000 listeners.'],
    ['isobarista', 'isobarista ☕', 88_000, 'Maps and jokes. Fast and loud.'],
    ['professor_fog', 'Dr. Aurelio Fogg', 31_000, 'Fog physics; fair but strict.'],
    ['theraingauge', 'The Rain Gauge', 64_000, 'Newsletter on open data.'],
    ['solderandsage', 'Solder & Sage', 120_000, 'Build videos.'],
    ['marrowmaps', 'Marrow Maps', 39_000, null],
    ['cloudspotter_k', 'Kit, Cloudspotter', 27_000, null],
    ['stormcellar', 'Storm Cellar Weekly', 52_000, 'Press. Answer within the hour.'],
    ['nightferry', 'Night Ferry Radio', 18_000, 'The shipping forecast, read slowly.'],
    ['lantern_lane', 'Lantern Lane', 71_000, 'Slow technology.'],
    ['quietmachines', 'Quiet Machines', 34_000, null],
    ['almanac_annie', 'Annie Holt', 23_000, 'Allotments and first frosts.'],
  ]),
  ...tier('ecosystem', [
    ['saltmarsh_org', 'Saltmarsh', 6_400, 'Open tide gauges; shares our archive format.'],
    ['kitewire', 'Kitewire', 4_800, 'The radio our stations speak.'],
    ['northingmaps', 'Northing', 9_700, 'Base maps of Windrose.'],
    ['lodestarschool', 'Lodestar Schools', 3_900, 'The school pilot.'],
    ['brinewatch', 'Brinewatch', 2_700, 'Buoys.'],
    ['hedgerowlabs', 'Hedgerow Labs', 5_100, 'Soil moisture.'],
    ['gleanfield', 'Gleanfield Co-op', 2_200, 'Farms, 212 stations.'],
    ['tinbarometer', 'the tin barometer', 15_000, 'One reading a day, beloved.'],
    ['peatwatch', 'Peatwatch', 1_800, null],
    ['harborbells', 'Harbor Bells', 2_900, 'Fog signals.'],
    ['openalmanac', 'Open Almanac', 7_300, 'The archive standard.'],
    ['valleymesh', 'Valley Mesh', 3_300, 'Village networks.'],
    ['skylarkfund', 'Skylark Fund', 8_800, 'Grants.'],
    ['mistnet_birds', 'Mistnet', 4_100, 'Bird ringing; uses our wind.'],
    ['orchardbytes', 'Orchard Bytes', 2_400, 'Frost alerts for growers.'],
    ['lighthousekeys', 'Keys of the Lighthouse', 5_600, null],
    ['glacierlog', 'Glacier Log', 3_700, null],
    ['dunmarrow_city', 'City of Dunmarrow', 12_000, 'Runs 64 stations on its trams.'],
  ]),
  ...tier(null, [
    ['marit_on_skerry', 'Marit', 240, null],
    ['oldboatyard', 'The Old Boatyard', 510, null],
    ['beekeeper_tom', 'Tom keeps bees', 330, null],
    ['nadia_2200m', 'Nadia, hut 2200', 620, null],
    ['ferrycaptain_e', 'Emeka (ferry captain)', 890, null],
    ['librarian_lu', 'Lu', 410, null],
    ['abuela_del_faro', 'La abuela del faro', 1_300, null],
    ['wolkenkind', 'Wolkenkind', 270, null],
    ['tanuki_weather', '里山の気象台', 960, null],
    ['noor_alrimal', 'نور من الرمال', 740, null],
    ['tramdriver_9', 'Tram 9', 380, null],
    ['teacher_paz', 'Ms. Paz, room 12', 290, null],
    ['goatsandgusts', 'Goats & Gusts', 1_700, null],
    ['nurse_on_nights', 'Delphine', 350, null],
    ['retired_ee', 'Walt (retired EE)', 640, null],
    ['kestrel_pt', 'Kestrel Point', 450, null],
    ['hatim_rooftop', 'Hatim', 220, null],
    ['vineyard_lirio', 'Viña Lirio', 1_100, null],
    ['data_dov', 'דוב והנתונים', 530, null],
    ['bus_shelter_bot', 'a bus shelter', 2_800, null],
  ]),
]

type Row = [handle: string, display: string, reach: number, note: string | null]

function tier(tier: Author['tier'], rows: Row[]): Author[] {
  return rows.map(([handle, display, reach, note]) => ({ handle, display, tier, reach, ...(note && { note }) }))
}
