/** The second half of the goods; same form as the first. */
export const GOODS_TWO = `
# kitchen/cookware|hard|12-139|500-4200|4
cast iron skillet;铸铁煎锅;Gusseisenpfanne;wajan besi
non-stick wok;不粘炒锅;Wok
stock pot 8 l;8升汤锅;Suppentopf 8 l;panci
baking tray set;烤盘套装;Backblech-Set
silicone spatula set;硅胶铲套装;Silikonspatel-Set;spatula silikon
steamer basket;蒸笼
casserole, enamelled;珐琅炖锅
mixing bowls, set of three;打蛋盆三件套
cutting board, bamboo;竹砧板;Schneidebrett Bambus
# kitchen/tableware|hard|4-69|300-2600|4
stoneware dinner set;陶瓷餐具套装;Steingut-Geschirrset;set piring
glass water carafe;玻璃凉水壶;Wasserkaraffe
insulated tumbler 500 ml;500毫升保温杯;Thermobecher 500 ml;tumbler 500 ml
lunch box with compartments;分格便当盒;Lunchbox;kotak makan
chopsticks, set of ten;合金筷子十双装
espresso cups;浓缩咖啡杯;Espressotassen
matcha bowl;抹茶碗
cake stand;蛋糕架
tea set for travel;便携旅行茶具
# beauty/skincare|cosmetic|6-59|90-380|6
moisturising face cream;保湿面霜;Feuchtigkeitscreme;krim pelembap wajah
hyaluronic serum;玻尿酸精华液;Hyaluron-Serum;serum hyaluronic
gentle cleansing foam;氨基酸洁面乳;Reinigungsschaum;sabun muka
sunscreen spf 50;防晒霜SPF50;Sonnencreme LSF 50;tabir surya
sheet mask, pack of ten;补水面膜十片装
aloe gel;芦荟胶;Aloe-Gel;gel lidah buaya
hand cream with shea butter;乳木果护手霜;Handcreme
lip balm;润唇膏;Lippenbalsam
toner with rose water;玫瑰水爽肤水
eye cream;眼霜
# beauty/makeup|cosmetic|4-39|40-220|5
lip tint;唇釉;Lip Tint;lip tint
eyeshadow palette, nine shades;九色眼影盘;Lidschatten-Palette
mascara;睫毛膏;Wimperntusche;maskara
cushion foundation;气垫粉底;Cushion-Foundation;bedak cushion
eyebrow pencil;眉笔;Augenbrauenstift;pensil alis
nail polish set;指甲油套装
blush stick;腮红棒
loose setting powder;定妆散粉
makeup remover balm;卸妆膏
# beauty/hair-care|cosmetic|5-45|150-700|3
shampoo for fine hair;细软发质洗发水;Shampoo für feines Haar;sampo
conditioner with argan oil;摩洛哥坚果油护发素;Spülung mit Arganöl
hair mask;发膜;Haarkur;masker rambut
dry shampoo;干洗喷雾
styling clay;造型发泥
scalp brush;头皮按摩梳
hair oil;护发精油;Haaröl;minyak rambut
# health/supplements|supplement|8-49|90-480|4
vitamin c tablets;维生素C片;Vitamin-C-Tabletten;tablet vitamin C
vitamin d3 drops;维生素D3滴剂;Vitamin-D3-Tropfen
magnesium capsules;镁胶囊;Magnesiumkapseln;kapsul magnesium
omega-3 fish oil softgels;鱼油软胶囊;Fischöl-Kapseln
multivitamin gummies;复合维生素软糖;Multivitamin-Gummies;permen multivitamin
whey protein, vanilla;乳清蛋白粉香草味;Molkenprotein
calcium with vitamin k2;钙维生素K2片
probiotic powder;益生菌粉
collagen peptide powder;胶原蛋白肽粉
# health/devices|device|9-79|70-900|3
digital thermometer;电子体温计;Digitales Thermometer;termometer digital
blood pressure monitor, upper arm;上臂式电子血压计;Oberarm-Blutdruckmessgerät;tensimeter
fingertip pulse oximeter;指夹式血氧仪
first aid kit;家用急救包;Erste-Hilfe-Set;kotak P3K
knee support;护膝;Kniebandage
pill organiser, weekly;一周分药盒;Tablettenbox
hot water bottle with cover;带套热水袋;Wärmflasche
body scale;体重秤
# fashion/womens-clothing|fashion|9-89|180-900|9
linen midi dress;亚麻中长连衣裙;Midikleid aus Leinen;gaun linen
high-waist jeans;高腰牛仔裤;High-Waist-Jeans;celana jeans
knitted cardigan;针织开衫;Strickjacke;kardigan rajut
pleated skirt;百褶裙;Plisseerock;rok plisket
wide-leg trousers;阔腿裤;Weite Hose
cotton blouse;纯色棉衬衫;Baumwollbluse;blus katun
raincoat, hooded;连帽雨衣
yoga leggings;瑜伽裤;Yoga-Leggings
wool coat;羊毛呢大衣;Wollmantel
modest long dress;长袖宽松长裙;;gamis
sleep set;家居服套装
# fashion/mens-clothing|fashion|9-79|180-900|6
oxford shirt;牛津纺衬衫;Oxfordhemd;kemeja oxford
chino trousers;休闲长裤;Chinohose;celana chino
crew neck t-shirt;圆领T恤;T-Shirt;kaos
hooded sweatshirt;连帽卫衣;Kapuzenpullover;hoodie
quilted jacket;绗缝夹克;Steppjacke
swim shorts;沙滩裤;Badeshorts
batik shirt;蜡染衬衫;;kemeja batik
merino sweater;美利奴毛衣;Merinopullover
running shorts;跑步短裤
# fashion/shoes|fashion|15-119|500-1500|5
canvas sneakers;帆布鞋;Leinenschuhe;sepatu kanvas
trail running shoes;越野跑鞋;Trailrunning-Schuhe
ankle boots;短靴;Stiefeletten
slip-on loafers;乐福鞋;Slipper;sepatu loafer
children's sandals;儿童凉鞋;Kindersandalen;sandal anak
house slippers;居家拖鞋;Hausschuhe
dance shoes;舞鞋
rain boots;雨靴;Gummistiefel
# fashion/bags|fashion|8-99|200-1400|4
canvas tote;帆布托特包;Stoffbeutel;tas kanvas
laptop backpack;电脑双肩包;Laptop-Rucksack;ransel laptop
crossbody bag;斜挎包;Umhängetasche;tas selempang
toiletry bag;洗漱包;Kulturbeutel
rolling suitcase, cabin size;登机拉杆箱;Handgepäckkoffer
belt bag;腰包
card holder;卡包;Kartenetui
# fashion/jewellery|jewel|5-89|20-90|3
sterling silver ring;925银戒指;Silberring;cincin perak
freshwater pearl earrings;淡水珍珠耳钉;Perlenohrringe
beaded bracelet;串珠手链;Perlenarmband;gelang manik
pendant necklace;吊坠项链;Kette mit Anhänger;kalung
hair clip set;发夹套装
brooch, leaf shape;树叶胸针
# sports/fitness|sport|7-99|200-5200|4
yoga mat 6 mm;6毫米瑜伽垫;Yogamatte 6 mm;matras yoga
resistance bands, set of five;弹力带五件套;Widerstandsbänder;tali elastis
adjustable dumbbell;可调哑铃;Verstellbare Hantel
foam roller;泡沫轴;Faszienrolle
jump rope, steel;钢丝跳绳
badminton racket pair;羽毛球拍对拍;;raket bulu tangkis
swim goggles;泳镜;Schwimmbrille
table tennis set;乒乓球拍套装
# sports/cycling|ppe|9-89|150-900|2
bike helmet;骑行头盔;Fahrradhelm;helm sepeda
bike light set;自行车灯套装;Fahrradlicht-Set
child's helmet;儿童护具头盔;Kinderhelm
cycling gloves;骑行手套;Radhandschuhe
cycling sunglasses;骑行太阳镜
# outdoor/camping|outdoor|9-149|300-5200|3
two-person tent;双人帐篷;Zwei-Personen-Zelt;tenda dua orang
sleeping bag;睡袋;Schlafsack;kantong tidur
folding chair;折叠椅;Klappstuhl;kursi lipat
camping lantern;露营灯;Campinglaterne
picnic rug;野餐垫;Picknickdecke
trekking poles;登山杖;Trekkingstöcke
hammock;吊床;Hängematte
insulated cooler bag;保温冰包
# pets/supplies|pet|4-59|100-2600|4
cat scratching post;猫抓柱;Kratzbaum;tiang garukan kucing
dog harness;狗狗胸背带;Hundegeschirr;tali anjing
automatic feeder;自动喂食器;Futterautomat
litter mat;猫砂垫
aquarium plant set;鱼缸水草造景
pet travel carrier;宠物航空箱;Transportbox
squeaky rope toy;磨牙绳结玩具
grooming brush;宠物梳毛刷;Fellbürste
# pets/food|petfood|5-49|400-3200|3
grain-free cat food;无谷猫粮;Katzenfutter getreidefrei;makanan kucing
puppy kibble;幼犬粮;Welpenfutter
freeze-dried chicken cubes;冻干鸡肉粒
wet food pouches, salmon;三文鱼湿粮包
bird seed mix;鸟食混合谷物;Vogelfutter
# grocery/tea-coffee|food|5-49|150-1100|4
green tea, loose leaf;散装绿茶;Grüner Tee;teh hijau
jasmine tea;茉莉花茶;Jasmintee;teh melati
espresso beans;意式拼配咖啡豆;Espressobohnen
drip bag coffee;挂耳咖啡;;kopi drip
oolong tea;乌龙茶;Oolong-Tee
rooibos;路易波士茶;Rooibos
cold brew bags;冷萃咖啡包
# grocery/snacks|food|3-29|150-1300|4
roasted almonds;烤杏仁;Geröstete Mandeln;almond panggang
seaweed crisps;海苔脆片;Seetang-Chips;keripik rumput laut
dark chocolate 70 %;70%黑巧克力;Zartbitterschokolade 70 %
rice crackers;米饼
dried mango;芒果干;Getrocknete Mango;mangga kering
extra virgin olive oil;初榨橄榄油礼盒
wild flower honey;百花蜂蜜;Blütenhonig;madu
cassava chips;木薯片;;keripik singkong
# books/media|book|6-45|200-1200|3
illustrated cookbook;图解家常菜谱;Bebildertes Kochbuch;buku masak
picture book about the sea;海洋绘本;Bilderbuch über das Meer
language workbook;日语练习册
beginner's guitar course;吉他入门教程
city walking guide;城市漫步指南;Stadtspaziergänge
puzzle magazine;数独合集;Rätselheft
botany field guide;植物图鉴
# office/stationery|office|2-39|40-1500|4
gel pens, pack of twelve;中性笔十二支装;Gelstifte;pulpen gel
dotted notebook;点阵笔记本;Notizbuch gepunktet;buku catatan
desk calendar;台历;Tischkalender
washi tape set;和纸胶带套装
fountain pen;钢笔;Füller
document folder;文件夹
whiteboard markers;白板笔
watercolour set;固体水彩套装;Aquarellkasten
# garden/tools|hard|6-79|200-3600|3
pruning shears;修枝剪;Gartenschere;gunting tanaman
garden hose 15 m;花园水管15米;Gartenschlauch 15 m
seed starter tray;育苗盘;Anzuchtschale
raised bed kit;种植箱
watering can;洒水壶;Gießkanne;gembor
plant labels;植物标签
# automotive/accessories|accessory|5-69|120-2400|3
seat organiser;座椅收纳袋;Sitz-Organizer
sunshade for windscreen;前挡遮阳板;Sonnenschutz;pelindung matahari mobil
boot mat;后备箱垫;Kofferraummatte
microfibre cloths;洗车毛巾;Mikrofasertücher;lap microfiber
tyre pressure gauge;胎压表
trunk net;后备箱网兜
`
