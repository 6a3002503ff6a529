const lines = (text: string): readonly string[] => text.trim().split('\n')

/** Short features for titles, by product family and language; `any` where a family has none of its own. */
export const FEATURES: Readonly<Record<string, readonly string[]>> = {
  'any.en': lines(
    'in sage green\nin off-white\nset of two\nlarge\ncompact size\nfor everyday use\nwith gift box\nnew season\nin slate grey\nlightweight\nfor travel\nin terracotta',
  ),
  'any.zh': lines(
    '浅绿色\n米白色\n两件装\n大号\n便携款\n日常家用\n礼盒装\n新款\n石板灰\n轻便款\n旅行装\n秋冬款\n学生款',
  ),
  'any.de': lines(
    'in Salbeigrün\nin Cremeweiß\n2er-Set\ngroß\nkompakt\nfür jeden Tag\nmit Geschenkbox\nleicht\nfür unterwegs',
  ),
  'any.id': lines(
    'warna hijau\nwarna putih\nisi 2\nukuran besar\nukuran kecil\nuntuk sehari-hari\ndengan kotak hadiah\nringan\nmodel baru',
  ),
  'toy.en': lines(
    'for ages 3+\nfor ages 6+\n30 cm\nmachine washable\nwith storage bag\n64 pieces\ngift for birthdays\nembroidered eyes',
  ),
  'toy.zh': lines('3岁以上\n6岁以上\n30厘米\n可机洗\n送收纳袋\n64片装\n生日礼物\n刺绣眼睛'),
  'baby.en': lines('food-grade silicone\nBPA-free\nset of three\npastel colours\ndishwasher safe'),
  'baby.zh': lines('食品级硅胶\n不含双酚A\n三件装\n马卡龙色\n可进洗碗机'),
  'power-bank.en': lines('with display\nflight-friendly size\n22.5 W\ntwo ports\nin midnight blue'),
  'power-bank.zh': lines('数显款\n可带上飞机\n22.5W\n双口输出\n夜空蓝'),
  'radio.en': lines('Bluetooth 5.3\n30 h battery\nwith case\nWi-Fi 2.4 GHz\napp control\nlow latency\nin graphite'),
  'radio.zh': lines('蓝牙5.3\n30小时续航\n带充电仓\n2.4G无线\nAPP控制\n低延迟\n石墨黑'),
  'mains.en': lines('EU plug\n220-240 V\nwith timer\n3 levels\nBPA-free\nbrushed steel\nmatt black'),
  'mains.zh': lines('国标插头\n220V\n定时款\n三档可调\n拉丝不锈钢\n哑光黑\n宿舍可用'),
  'cosmetic.en': lines(
    '50 ml\n100 ml\nfragrance-free\nfor dry skin\nfor combination skin\nvegan\nduo pack\ntravel size',
  ),
  'cosmetic.zh': lines('50ml\n100ml\n无香精\n干皮适用\n混合肌适用\n两支装\n旅行装\n学生平价'),
  'supplement.en': lines('60 tablets\n90 capsules\n3-month supply\nsugar-free\norange flavour\nhalal gelatine'),
  'supplement.zh': lines('60片\n90粒\n三个月装\n无糖\n橙子味\n独立小包装'),
  'fashion.en': lines(
    'relaxed fit\nsizes S-XXL\nin navy\nin cream\nregular fit\nwith pockets\nautumn\npetite\nin rust red\nbreathable',
  ),
  'fashion.zh': lines('宽松版\nS-XXL\n藏青色\n奶油白\n修身版\n带口袋\n秋季\n小个子\n砖红色\n透气'),
  'food.en': lines('250 g\n500 g\norganic\nresealable bag\ngift tin\nsmall batch\nnew harvest'),
  'food.zh': lines('250克\n500克\n有机种植\n自封袋\n礼盒\n小批量\n新茶季\n独立小袋'),
}

/** First sentences of descriptions. */
export const DESCRIPTIONS: Readonly<Record<string, readonly string[]>> = {
  'any.en': lines(`A quiet favourite in our shop, made in small runs and checked by hand before it leaves.
Designed to be used daily and to look good while it waits on the shelf.
We changed the packaging this season: less plastic, same contents.
The picture shows the item in daylight; colours may differ a little on your screen.
Please measure before you order; the size chart is in the last picture.
Every order includes a short guide with care tips.
Sturdy seams, rounded edges and a finish that is easy to wipe.
Goes well with the other pieces of the series.`),
  'any.zh': lines(`本款采用小批量生产，出库前逐件检查。
日常使用方便，放在家里也好看。
本季更换了包装，减少塑料，内容不变。
图片为自然光拍摄，颜色请以实物为准。
下单前请对照尺寸表，尺寸表在末图。
每单附赠一份使用小贴士。
走线整齐，边角圆润，容易打理。
可与同系列搭配使用。
支持开发票，企业采购请联系在线客服。`),
  'any.de': lines(`In kleinen Serien gefertigt und vor dem Versand von Hand geprüft.
Für den Alltag gemacht, mit abgerundeten Kanten und pflegeleichter Oberfläche.
Die Farbe kann auf dem Bildschirm leicht abweichen.
Bitte vor der Bestellung die Maßtabelle im letzten Bild beachten.
Passt zu den anderen Teilen der Serie.`),
  'any.id': lines(`Dibuat dalam jumlah kecil dan diperiksa sebelum dikirim.
Cocok untuk pemakaian sehari-hari dan mudah dibersihkan.
Warna di layar bisa sedikit berbeda.
Silakan cek tabel ukuran di foto terakhir.
Serasi dengan produk lain dari seri yang sama.`),
  'toy.en': lines(`Soft, light and just the right size for small hands.
Encourages building, telling stories and putting things back in the bag.
Not suitable for children under 36 months because of small parts, unless the age mark says so.
The parts are rounded and the paint is water-based.`),
  'toy.zh': lines(`手感柔软，重量轻，适合孩子抱着玩。
鼓励孩子动手搭建、讲故事，玩完收进袋子。
含小零件，请按包装标注年龄使用，并在成人看护下玩耍。
零件打磨圆滑，水性漆。`),
  'cosmetic.en': lines(`A light texture that leaves skin feeling soft. Patch test before first use.
Made with glycerin and oat extract; period after opening 12 months.
For external use only. Apply morning and evening to clean skin.
A comfortable everyday formula with a mild scent.`),
  'cosmetic.zh': lines(`质地轻盈，上脸滋润不黏腻，使用前请先做局部测试。
添加甘油和燕麦提取物，开封后12个月内用完。
仅供外用，早晚洁面后取适量涂抹。
日常款配方，味道清淡。`),
  'supplement.en': lines(`Take one serving a day with water. Do not exceed the recommended daily intake.
Food supplements are no substitute for a varied diet. Keep out of the reach of children.
Each serving contains the amount printed on the label; batch tested.`),
  'supplement.zh': lines(`每日一次，温水送服，不超过推荐食用量。
保健食品不能替代均衡饮食，请置于儿童接触不到处。
每份含量见标签，批批检验。`),
  'food.en': lines(`Store in a cool dry place and close the bag after opening.
Allergens are listed on the label and in the last picture.
Harvested this year; packed in a protective atmosphere.
Brew two grams per cup; adjust to taste.`),
  'food.zh': lines(`请置于阴凉干燥处，开封后尽快食用。
过敏原信息见标签及末图。
今年新采，充氮包装。
建议每杯两克，按口味增减。`),
  'power-bank.en':
    lines(`Charges a phone about twice; the display shows what is left. Rated capacity is printed on the housing.
Over-current, over-voltage and temperature protection. Declaration of conformity attached.`),
  'power-bank.zh': lines(`可为手机充电约两次，数显剩余电量，额定容量见机身铭文。
具备过流、过压、温度保护，认证资料见附件。`),
  'radio.en': lines(`Pairs in seconds and remembers two devices. Frequency band and power are on the data sheet.
Firmware updates come through the app; no account is needed for basic functions.`),
  'radio.zh': lines(`打开即连，可记住两台设备，频段与功率见参数页。
通过APP升级固件，基础功能无需注册账号。`),
  'mains.en': lines(`With a cable of 1.2 m and automatic switch-off. Read the manual before first use.
Low standby consumption; the energy label is in the pictures where it applies.`),
  'mains.zh': lines(`电源线1.2米，自动断电，使用前请阅读说明书。
待机功耗低，能效标识见图片。`),
  'fashion.en': lines(`Pre-washed fabric that keeps its shape; composition is on the label.
Cut a little wide; take one size down for a close fit.
Model is 172 cm tall and wears size M.`),
  'fashion.zh': lines(`面料经过预缩处理，成分见水洗标。
版型略宽松，喜欢合身可选小一码。
模特身高172厘米，试穿M码。`),
}

/** Closing sentences about delivery and service. */
export const SERVICE: Readonly<Record<string, readonly string[]>> = {
  'any.en': lines(`Ships within two working days.
Returns accepted within 30 days, unused and in the original packaging.
Questions? Use the chat on this page and we answer within a day.
Order before noon for dispatch the same day.
Gift wrapping can be added in the cart.
We ship with tracked parcels only.`),
  'any.zh': lines(`48小时内发货。
支持七天无理由退货，保持商品完好即可。
有问题请联系在线客服，当天回复。
中午前下单当日出库。
可在购物车添加礼品包装。
全程可查物流。`),
  'any.de': lines(`Versand innerhalb von zwei Werktagen.
Rückgabe innerhalb von 30 Tagen, unbenutzt und originalverpackt.
Fragen beantworten wir im Chat innerhalb eines Tages.
Versand nur mit Sendungsverfolgung.`),
  'any.id': lines(`Dikirim dalam dua hari kerja.
Pengembalian dalam 30 hari, belum dipakai.
Pertanyaan? Silakan lewat chat di halaman ini.
Semua paket memakai nomor resi.`),
}
