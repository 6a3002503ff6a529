/**
 * The goods of the sample marketplace.
 * `# category path | family | price in euro, from-to | parcel in grams, from-to | share of listings`, then one product
 * a line: English;Chinese;German;Indonesian (the last two where the sample has them).
 */
export const GOODS_ONE = `
# toys/plush|toy|7-36|120-700|4
plush bear;毛绒小熊;Plüschbär;boneka beruang
plush rabbit with floppy ears;垂耳兔毛绒公仔;Schlappohrhase aus Plüsch;boneka kelinci
plush octopus, reversible;翻面章鱼毛绒玩偶;Wende-Oktopus aus Plüsch
plush dinosaur;恐龙毛绒抱枕;Plüsch-Dinosaurier;boneka dinosaurus
hand puppet fox;狐狸手偶
plush penguin family of three;企鹅一家毛绒三件套
soft elephant for the cot;大象安抚玩偶;Schmuseelefant;boneka gajah
plush corgi cushion;柯基毛绒靠垫
knitted sheep;手工针织小羊
plush cat with blanket;小猫毛绒盖毯
# toys/building-blocks|toy|9-79|300-1600|3
wooden blocks in a cart;木制积木推车;Holzbausteine im Wagen;balok kayu
magnetic tiles set;彩窗磁力片;Magnetbausteine-Set
city fire station set;城市消防站积木
train track extension set;木质火车轨道配件;Schienen-Erweiterungsset
marble run;滚珠轨道积木;Kugelbahn;lintasan kelereng
space shuttle model set;航天飞机拼装积木
garden house set;花园小屋拼装积木
castle set with drawbridge;城堡吊桥积木
numbers and letters blocks;字母数字积木;Buchstabenwürfel;balok huruf
mechanical gears kit;齿轮机械组
# toys/outdoor|toy|5-69|150-2500|3
bubble machine;泡泡机;Seifenblasenmaschine;mesin gelembung
sandbox set with sieve;沙滩玩具铲桶套装;Sandspielzeug-Set
stunt kite;运动风筝;Lenkdrachen;layang-layang
skipping rope with counter;计数跳绳
children's scooter with three wheels;儿童三轮滑板车;Kinderroller
water table;儿童戏水桌
foam flying disc;软飞盘;Wurfscheibe aus Schaum
balance stones;平衡触觉石
jump ball with handle;羊角球;Hüpfball
# baby/feeding|baby|6-49|80-900|2
silicone bib;硅胶围兜;Silikonlätzchen;celemek silikon
snack cup with lid;零食杯;Snackbecher
weaning spoons, set of four;宝宝辅食勺四支装
insulated bottle bag;奶瓶保温袋
divided suction plate;吸盘分格餐盘;Teller mit Saugnapf;piring bayi
baby food freezer tray;辅食冷冻格
bottle drying rack;奶瓶沥水架
straw cup with weighted straw;重力球吸管杯
# electronics/power-banks|power-bank|15-69|180-520|3
power bank 10000 mAh;10000毫安充电宝;Powerbank 10000 mAh;power bank 10000 mAh
power bank 20000 mAh with USB-C;20000毫安双向快充移动电源;Powerbank 20000 mAh USB-C;power bank 20000 mAh
magnetic power bank 5000 mAh;磁吸移动电源5000毫安
slim power bank 8000 mAh;卡片移动电源8000毫安
power bank with built-in cable;自带线充电宝;Powerbank mit Kabel
solar power bank 12000 mAh;太阳能移动电源
# electronics/headphones|radio|12-149|120-520|6
wireless earbuds;真无线蓝牙耳机;Kabellose Ohrhörer;earbud nirkabel
over-ear bluetooth headphones;头戴式蓝牙耳机;Bluetooth-Kopfhörer;headphone bluetooth
open-ear sport headphones;开放式运动耳机
bone conduction headphones;骨传导耳机
kids' wireless headphones with volume limit;儿童限音量无线耳机
gaming headset 2.4 GHz;2.4G无线游戏耳机;Funk-Headset
neckband earphones;挂脖蓝牙耳机
bluetooth speaker, splash-proof;防泼水蓝牙音箱;Bluetooth-Lautsprecher;speaker bluetooth
# electronics/smart-home|radio|11-119|90-800|4
wifi smart plug;智能插座;WLAN-Steckdose;colokan pintar
door and window sensor;门窗传感器;Türsensor
indoor camera with pan and tilt;云台摄像头;Innenkamera
smart bulb, warm white;智能灯泡
wireless doorbell;无线门铃;Funkklingel;bel nirkabel
temperature and humidity sensor;温湿度计
robot vacuum base;扫地机器人
smart curtain motor;智能窗帘电机
remote control hub;红外遥控转发盒
# electronics/phone-accessories|accessory|3-29|30-160|15
clear phone case;透明手机壳;Transparente Handyhülle;casing bening
silicone phone case with strap;挂绳硅胶手机壳;Silikonhülle mit Band;casing silikon
tempered glass screen protector;钢化膜;Panzerglas;pelindung layar
usb-c cable, braided, 2 m;编织USB-C数据线2米;USB-C-Kabel 2 m;kabel usb-c 2 m
car phone holder;车载手机支架;Kfz-Handyhalter;dudukan ponsel
ring stand;手机指环支架
phone tripod;手机三脚架;Handystativ;tripod ponsel
cable organiser clips;理线器
camera lens cover ring;镜头保护圈
sim card tool kit;取卡针套装
desk phone stand, aluminium;铝合金桌面支架
waterproof phone pouch;手机防水袋;Wasserdichte Hülle
# electronics/chargers|mains|9-59|90-420|4
gan charger 65 w;65W氮化镓充电器;GaN-Ladegerät 65 W;pengisi daya 65 w
desktop charging station, 6 ports;六口桌面充电站
usb wall charger 20 w;20W快充头;USB-Netzteil 20 W
wireless charging pad;无线充电板;Ladepad
travel adapter;旅行转换插头;Reiseadapter;adaptor perjalanan
laptop charger 100 w;100W笔记本充电器
extension lead with switches;分控排插
# home/lighting|mains|9-119|200-2600|4
desk lamp with dimmer;可调光台灯;Dimmbare Schreibtischlampe;lampu meja
pendant lamp, rattan;藤编吊灯;Rattan-Pendelleuchte
string of lights, 10 m;串灯10米;Lichterkette 10 m;lampu tumblr
bedside lamp with touch control;触控床头灯
floor lamp, arc;弧形落地灯;Bogenlampe
motion sensor night light;人体感应小夜灯;Nachtlicht
kitchen under-cabinet light;橱柜灯条
moon lamp;月球灯
reading clip light;夹子阅读灯
# home/kitchen-appliances|mains|19-189|900-6500|4
electric kettle 1.7 l;电热水壶1.7升;Wasserkocher 1,7 l;teko listrik
hand blender;手持料理棒;Stabmixer;blender tangan
toaster, two slots;两片吐司机;Toaster
air fryer 4 l;4升空气炸锅;Heißluftfritteuse 4 l;air fryer 4 l
rice cooker, mini;迷你电饭煲
milk frother;奶泡机;Milchaufschäumer
waffle maker;华夫饼机;Waffeleisen
coffee grinder;电动磨豆机;Kaffeemühle
egg cooker;蒸蛋器
slow juicer;慢速榨汁机
# home/storage|hard|5-59|250-3200|5
stackable storage box;可叠加收纳箱;Stapelbox;kotak penyimpanan
drawer organiser;抽屉分隔盒;Schubladen-Organizer
shoe rack, four tiers;四层鞋架;Schuhregal;rak sepatu
hanging closet organiser;衣柜悬挂收纳袋
vacuum storage bags;真空压缩袋;Vakuumbeutel
bamboo laundry basket;竹编脏衣篮
rolling kitchen trolley;厨房移动推车
jewellery tray;首饰收纳托盘
cable box;电线收纳盒
under-bed box with lid;床底带盖收纳箱
# home/bedding|textile|12-129|400-3800|5
duvet cover set, cotton;全棉被套四件套;Bettwäsche-Set;set sprei katun
memory foam pillow;记忆棉枕头;Kissen aus Memoryschaum;bantal
linen throw;亚麻盖毯;Leinendecke
fitted sheet;床笠;Spannbettlaken;sprei
quilted bedspread;绗缝床盖
cooling summer quilt;凉感夏被
mattress topper;薄床垫;Matratzenauflage
silk pillowcase;真丝枕套
weighted blanket;重力毯
knitted blanket;针织毯
`
