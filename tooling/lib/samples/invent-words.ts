/**
 * The vocabulary of invented posts: an open network of home-built weather stations and what people say about it.
 * {slot} is filled from the list of that name. The first words of a list are far more frequent than its last ones, so that
 * searches can use common terms (station), rare ones (ceilometer), one in about 50,000 posts (quillwort) and none (zyzzyva).
 */
export const WORDS = {
  thing:
    'station|sensor|firmware|rain gauge|map|forecast|antenna|archive|dashboard|battery|anemometer|relay|solar panel|barometer|enclosure|calibration|gateway|data set|parser|radio|notebook|buoy|thermometer|workshop|tide gauge|lightning detector|snow pole|hygrometer|weather vane|disdrometer|ceilometer|psychrometer',
  quality:
    'public|tiny|reliable|boring (in the good way)|repairable|quiet|stubborn|waterproof|frank|fast|well-labelled|second-hand|hand-soldered|much too clever|frost-proof|salt-crusted|hypnotic|weirdly cheerful|moth-proof|goat-proof|baroque',
  feature:
    'offline mode|hourly means|dew point alarms|low-power sleep|CSV export|neighbour checks|over-the-air updates|a dark map|shared calibration|wind roses|fog warnings|frost alerts|gap filling|signed readings|a paper manual|large-print labels|tide overlays|soil moisture|webhooks|backfill after an outage|hail counts|UV index|pollen notes|a kiosk view|snow depth',
  place:
    'Varnholm|Port Isel|Tamsin Bay|Old Kettering Quay|Marrowgate|Sandrigg|Lower Ashby Fen|Cape Ondine|Hollow Pike|Brackwater|Saint Orrin|Quillhaven|Dunmarrow|Vesper Falls|Ulvestad|Costa Amparo|Little Thorn|Kirrabilly Flat|Monte Lirio|Ndaluwe|Ostrava Mill|Saltash Reach|Tornby|Valdemora|Wexcombe|Yarrow Heath|Zelenka Dol|Aramoor|Belvane|Corrigan Head|Drumlow|Eastermark|Fennick|Garrowby|Haldersund|Inverloch Sands|Jasperfield|Kestrel Point|Loma Vieja|Muirhaven',
  sky: 'fog|light rain|clear sky|low cloud|a thin frost|drizzle|thunder to the west|sea smoke|a double rainbow|first snow|hail like peas|high cirrus|warm wind|sleet|dust haze|mammatus|graupel|virga|a sun dog|St. Elmo’s fire',
  event:
    'the spring gathering|a repair evening|our calibration day|the school pilot|a field trip|the quarterly call|a soldering night|the storm debrief|the open archive week|a map party|the lighthouse visit',
  feeling:
    'So happy about this|I did not expect that|Worth every minute|Small thing, big difference|Still smiling|Not perfect yet, but ours|This is why we do it|Back to the workbench|More soon|Ask me anything|Sleep was optional|Please tell me it is not only me|No notes|Sorry for the noise|The cat approves',
  role: 'teacher|beekeeper|harbour pilot|farmer|librarian|retired engineer|cyclist|lighthouse keeper|nurse on nights|student|vintner|bus driver|glaciologist|ferry captain|stonemason|falconer',
  verb: 'rebuilt|calibrated|patched|moved|painted|rescued|measured|documented|translated|replaced|soldered|untangled|benchmarked|insulated|defrosted|re-homed|exorcised',
  tag: '#openweather|#fernlight|#citizenscience|#buildinpublic|#raingauge|#opendata|#fog|#firmware|#maps|#storm|#lora|#repair|#education|#tides|#hardware|#cloudspotting|#openhardware|#stationdiaries',
  emoji: '🌦️|🌿|☔|🔧|🌫️|📡|❄️|🌊|⚡|🙌|🧪|🗺️|🌈|👩🏽‍🔬|🐐|🫖|👨‍👩‍👧‍👦|🏴‍☠️|🪁',
  site: 'https://fernlight.example/notes|https://windrose.example/map|https://archive.example.org/day|https://workshop.example.net/log|https://tides.example.com/live|https://example.org/paper.pdf',
} as const satisfies Record<string, string>

/** Project names have two halves: some 1,500 combinations. */
export const PROJECT_FRONT =
  'Fern|Wind|Salt|Kite|Hedge|Puddle|North|Tin|Brine|Glean|Peat|Lode|Sprig|Marsh|Cloud|Harbor|Ash|Moss|Drift|Ember|Frost|Gale|Hollow|Isobar|Juniper|Knoll|Larch|Mizzle|Nimbus|Otter|Pebble|Quill|Rook|Sedge|Thistle|Umber|Vesper|Willow|Yarrow|Zephyr'
export const PROJECT_BACK =
  'light|rose|marsh|wire|row|works|watch|field|star|bell|mark|loop|nest|line|stack|grid|glass|gate|path|cast|post|ring|kit|lab|deck|bridge|yard|code|map|mill|hub|wick|ledger|cairn|sextant|almanac|orrery'

export const FIRST_NAMES =
  'Mira|Tomas|Odalys|Juno|Pell|Sabra|Ines|Koji|Amara|Lars|Nadia|Emeka|Yusra|Bram|Priya|Oskar|Leilani|Mateo|Freya|Dmitri|Salma|Hugo|Wren|Anouk|Tariq|Ingrid|Paolo|Zuri|Callum|Noor|Elif|Rafael|Sunniva|Kwame|Delphine|Arlo|Hana|Milos|Thandi|Piotr'
export const LAST_NAMES =
  'Vanterpool|Okonkwo|Brandt|Sorley|Aldous|Lindqvist|Marchetti|Tanaka|Abara|Holm|Rahal|Castellan|Devries|Quist|Iyer|Falk|Kealoha|Serrano|Nystrom|Volkov|Haddad|Lambert|Ashdown|Pereira|Farouk|Solberg|Conti|Mbeki|Drummond|Siddiqui|Aydin|Moreau|Dahl|Mensah|Roux|Penhallow|Sato|Petrov|Ndlovu|Zielinski'

export const TEMPLATES = [
  'The {quality} {thing} we {verb} in {place} is live. {feeling} {emoji}',
  '{project} {version} is out: {feature}, {feature} and a {quality} {thing}. {url}',
  '{sky} over {place} this morning, {number} m visibility. My station agrees for once.',
  'Does anyone know why the {thing} of {project} stops at {number} readings? {handle} maybe? {tag}',
  'Finally {feature} in {project}. {feeling}.',
  'We {verb} {number} stations in {place} before {event}. Thank you, {handle}! {emoji}',
  'Unpopular opinion: a {quality} {thing} beats {feature} every time.',
  'Station {serial} has been up for {number} days through {sky} and {sky}. {tag}',
  '{number} new stations this week, {number} of them near {place}. {emoji}{emoji}',
  'Notes from {event}:\n\n1. {feature}\n2. {feature}\n3. fewer meetings\n\n{url}',
  'As a {role} I check {project} before I check the news. {feeling}.',
  '{handle} your {thing} guide saved our {event}. We owe you a pot of tea {emoji}',
  'Looking for a {role} near {place} who can host a {quality} station. Reply or write to hello@{project}.example {tag} {tag}',
  'Thread: how {project} got {feature} without a cloud account.\n\nIt begins with a {quality} {thing} 👇 {url}',
  'Heads up: readings from {place} are {number} minutes late, the {thing} is being {verb}. No data is lost.',
  'TIL a {thing} can be {verb} with a paper clip. Serial {serial}, still going. {feeling}.',
  '{project} vs {project}: we {verb} both for {number} weeks. The {quality} one won. {url}',
  '“It is only {sky}”, said the {role}, {number} minutes before {sky}.',
  'Hiring: a {role} who likes {feature}. Remote, or {place} if you enjoy {sky}. {url}',
  'I {verb} the {thing} again.\r\nThe {thing} won.\r\n{emoji}',
  'PSA: update to {version} before the next storm, it fixes the {thing}. {url} {tag}',
  'Good morning from {place} {emoji} {sky}, {hpa} hPa.',
  'RT if your {thing} survived {sky}',
  'Logs in C:\\stations\\new\\{number}.csv, one reading per\ttab. Yes, on that machine.',
  '{tag} {tag} {tag}',
  '{emoji}{emoji}{emoji}',
] as const

export const FOREIGN_TEMPLATES = [
  'Por fin {project} en {place}: {number} estaciones y ni una nube. ¡Gracias, {handle}! {tag}',
  'Neue Station in {place}: {number} Meter über dem Meer, Größe egal, Hauptsache trocken. {emoji} {url}',
  'Depuis {place} : {number} relevés sans coupure, merci à {project}. {emoji}',
  'A nova estação de {place} já está no mapa: {url} {tag}',
  '{place}の観測所が{number}日間連続で稼働中です。{emoji}',
  '{place} 관측소 업데이트 {version} 완료. 안개 경보 켜짐 {emoji}',
  'محطة {place} تعمل منذ {number} يومًا بلا انقطاع {emoji}',
  'התחנה ב־{place} שוב באוויר, {number} מדידות היום {tag}',
  'ایستگاه {place} دوباره روشن شد، {number} اندازه‌گیری امروز',
  '{place} में आज {number} मिमी बारिश, स्टेशन ठीक है {emoji}',
] as const

/** Why a post is significant, the most frequent reasons first. */
export const REASONS = [
  'engagement',
  'mentions the project with a question',
  'release',
  'incident report',
  'press',
  'partnership',
  'criticism worth an answer',
  'engagement, watchlist',
  'security',
] as const
