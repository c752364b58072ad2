/** What people type when they want nothing done: one phrase a line, in the six languages we read. */
export const smallTalk = `
hi
hi there
hey
hey you
hello everyone
good morning
good afternoon all
good evening
morning
have a nice day
have a great weekend
happy friday
happy new year
merry christmas
congratulations
well done
nice work everybody
good job
awesome
amazing
cool
cool beans
great
great stuff
perfect
lovely
brilliant
excellent thanks
nice
nice to meet you
nice to see you again
okay
ok cool
ok thanks
ok got it
okay then
alright
sure
sure thing
yes
yep
yeah
yeah right
no
nope
nah
maybe
maybe later
not now
not sure
whatever
if you say so
I guess
I see
I know
I know right
I agree
I don't know
I have no idea
no idea sorry
makes sense
fair enough
sounds good
sounds good to me
that works
got it
understood
noted
will do
thanks
thanks a lot
thank you
thank you so much for your help
many thanks
cheers
cheers mate
much appreciated
you are the best
you're welcome
you rock
you are amazing
I love you
love it
I love this
I like you
I hate mondays
no worries
no problem
my bad
my mistake
oops
oops wrong chat
sorry
sorry about that
sorry I was away
excuse me
forget it
forget what I said
nevermind
ignore that
ignore me
just kidding
joking
hahaha
hehe
lol
lmao
rofl
omg
omg no way
wtf
what the heck
wow
whoa
yay
hooray
ugh
meh
hmm
uh
um
eh
aha
phew
ouch
brb
back in five
be right back
gotta go
see you
see you tomorrow
see you later
talk to you later
bye
bye bye
goodbye
sleep well
take care
how are you
how are you doing today
how was your weekend
how is it going
how do you feel
what's up
sup
what are you doing
what are you
who are you
who made you
what is your name
how old are you
where are you from
where do you live
are you human
are you real
are you alive
are you there
are you still there
anybody there
is anyone here
hello is this thing on
do you hear me
do you like me
do you like music
do you sleep
do you have feelings
do you have friends
do you love me
do you know me
can you think
can you sing
can you keep a secret
will you marry me
what do you like
what do you want
what's your favourite film
what is your opinion on cats
what do you think of me
do you believe in ghosts
tell me a story about a dragon
tell me another one
tell me something nice
tell me about yourself
make me laugh
sing me a song
say something
say hello
say cheese
surprise me
guess what
guess who
knock knock
let's chat
let's be friends
talk to me
I am so tired
I'm tired
I'm hungry
I am starving
I'm thirsty
I'm sleepy
I'm sad today
I'm so happy
I'm fine
I'm good
I'm lonely
I am annoyed
I feel sick
I feel great
I have a headache
my head hurts
my feet hurt
my knee is sore
I have a cold
I need coffee
I need a holiday
I want to go home
I want ice cream
I want pizza
I could use a nap
I can't sleep
I slept badly
I miss you
I am on the train
I'm on my way
I'll be late for dinner
I'm going for a walk
what did you eat
what should I eat tonight
is there any cake left
coffee anyone
who wants tea
beer after this
let's go for a drink
it's cold today
it's raining again
what a beautiful day
nice weather
how is the weather
will it rain tomorrow
is it going to snow
the sun is shining
what day is it
what time is it
what's the date today
when is easter
how many days until christmas
it's my birthday today
happy birthday
my dog is sleeping on the sofa
my cat is so cute
the kids are at their grandmother's
my neighbour is loud again
my mum says hello
my boyfriend cooked dinner
we went to the beach yesterday
I watched a film last night
did you see the game yesterday
who won the cup
who won the election
what was the score
which team is your favourite
go team
that movie was boring
that song is stuck in my head
what's on television tonight
any good books lately
how far is the moon
how old is the universe
how deep is the ocean
how many legs does a spider have
what is the capital of france
what is the highest mountain
what is the meaning of life
what is the biggest animal
who was the first man on the moon
who wrote hamlet
who is the president
who invented the telephone
when did the war end
why is the sky blue
why do cats purr
where is the nearest bakery
where can I park
which way is north
how do I cook rice
how long do I boil an egg
recipe for pancakes
is a tomato a fruit
do fish sleep
do penguins have knees
is there life on mars
what rhymes with orange
what's your star sign
read my horoscope
flip a coin
roll a dice
pick a number between one and ten
rock paper scissors
let's play a game of chess
would you rather fly or be invisible
that's funny
that's hilarious
that's a good one
that's so sad
that's crazy
that's life
that's all
that was quick
that was fun
that hurts
too funny
so true
so what
so cute
oh no
oh well
oh my god
oh dear
oh I see
of course
no way
no comment
no thanks
never
not bad
not again
not funny
not today
why not
why me
who cares
who knows
what a day
what a mess of a day
what a joke
what a shame
what
huh
really
seriously
are you serious
are you kidding me
are you sure
you wish
you know what I mean
you're funny
you're silly
you are wrong
you're late
your turn
wait
wait a moment
wait what
hold on
one sec
one moment please
hang on
let me see
give me a minute
I'll get back to you
I'm back
I'm here
I'm done for today
done
done for the day
finally
finally friday
long day
busy day
busy week
same here
same to you
me too
me neither
you too
good luck
fingers crossed
bless you
get well soon
enjoy your meal
have fun
safe travels
welcome
welcome back
long time no see
please
pretty please
come on
stop it
stop
go away
leave me alone
shut up
testing testing
is this working
hello world
test
blah blah
bla bla bla
asdfasdf
qwerty
qwertyuiop
jkl
aaaaaaa
xyz
abc
hjkl
123
:)
wrong person
that was for someone else
please ignore my last message
solved it already, thanks
all good now
it works now, thanks
I figured it out
I'll do it myself
I changed my mind
I read a good book on holiday
my house is cold
my car won't start this morning
I lost my keys
the bus is late
school was boring
our teacher is ill
my boss is on holiday
I bought new shoes
I painted the kitchen
my phone battery is at two percent
the fire alarm woke me up
the market was crowded today
I had a strange dream
hallo
hallo zusammen
guten morgen
guten tag
guten abend
gute nacht
moin
servus
wie geht es dir
wie geht's
was machst du
wer bist du
danke
danke schön
vielen dank
danke dir
bitte
bitte schön
gern geschehen
kein problem
alles klar
alles gut
na gut
ja genau
nein danke
vielleicht
keine ahnung
weiß nicht
tschüss
bis später
bis bald
schönes wochenende
schönen feierabend
mahlzeit
prima
super
toll
sehr gut
lustig
das war witzig
erzähl mir einen witz
ich bin müde
ich habe hunger
mir ist langweilig
wie wird das wetter
es regnet schon wieder
wer hat gestern gewonnen
herzlichen glückwunsch
viel glück
hola
hola a todos
buenos días
buenas tardes
buenas noches
qué tal
cómo estás
quién eres
gracias
muchas gracias
de nada
por favor
vale
vale gracias
claro
claro que sí
no sé
no importa
perdón
lo siento
adiós
hasta luego
hasta mañana
nos vemos
jajaja
jaja qué risa
qué bueno
qué bien
genial
perfecto
feliz cumpleaños
cuéntame un chiste
tengo hambre
tengo sueño
estoy cansado
estoy aburrida
qué calor hace
quién ganó el partido
buena suerte
buen fin de semana
oi
olá
oi gente
bom dia
boa tarde
boa noite
tudo bem
como vai
como você está
quem é você
obrigado
obrigada
muito obrigado
valeu
por nada
beleza
certo
tá bom
não sei
deixa pra lá
desculpa
tchau
até logo
até amanhã
kkkk
rsrs
que legal
ótimo
perfeito
parabéns
feliz aniversário
me conta uma piada
estou com fome
estou com sono
que calor
quem ganhou o jogo
boa sorte
bom fim de semana
你好
大家好
您好
早上好
早安
晚上好
晚安
嗨
在吗
在不在
你是谁
你叫什么名字
你几岁了
你好吗
最近怎么样
吃了吗
谢谢
谢谢你
多谢
非常感谢
不客气
没关系
没事
不用了
好的
好吧
好
嗯
嗯嗯
哦
行
可以
不知道
随便
对不起
抱歉
再见
拜拜
明天见
回头见
哈哈
哈哈哈
呵呵
太好了
真棒
厉害
加油
生日快乐
新年快乐
讲个笑话
我好累
我饿了
我困了
好无聊
今天天气怎么样
今天天气真好
昨晚谁赢了
周末愉快
こんにちは
おはよう
おはようございます
こんばんは
おやすみ
おやすみなさい
はじめまして
元気ですか
調子はどう
あなたは誰
名前は何ですか
ありがとう
ありがとうございます
どうも
どういたしまして
すみません
ごめんなさい
ごめん
はい
いいえ
うん
そうですね
なるほど
了解
了解です
わかりました
大丈夫です
わからない
さようなら
またね
また明日
お疲れ様
お疲れ様です
いい天気ですね
今日は寒いね
疲れた
お腹すいた
眠い
暇だな
面白い
すごい
いいね
やった
笑
おめでとう
誕生日おめでとう
冗談を言って
昨日の試合どっちが勝った
良い週末を
nvm
nm
k
kk
ok
okey
okie dokie
thx
thx a lot
ty
tysm
np
yw
gtg
ttyl
bbl
afk
bbs
idk
idc
imo
tbh
ikr
smh
fyi
jk
wbu
hbu
lmk
gn
gm
cya
xoxo
yolo
bruh
dude
bro
yo
yo yo
ahoy
howdy
greetings
salut
ciao
aloha
gimme a sec
give me five minutes
just a moment, someone is at the door
the phone is ringing, wait
my phone is ringing
dinner is ready, gotta go
I'll be right there
I'm running late
stuck in traffic
my flight is delayed
the train was full again
I missed the bus
how far is it to the airport
how far is Paris from London
how do you say thank you in Italian
how do you pronounce this name
what does this word mean
what is the plural of octopus
how do you spell rhythm
what is the population of Germany
what is the largest country
what is the longest river in Africa
what is the boiling point of water
what is the speed of light
who was Napoleon
who discovered America
who is the queen of Denmark
who sings this song
who played the joker
when was the moon landing
when does summer begin
when do the shops close
where do penguins live
where is my umbrella
how big is the sun
how high is the Eiffel Tower
how heavy is an elephant
how fast is a cheetah
how long do cats live
why do we dream
why do dogs bark
why is water wet
why do leaves turn red
what is twelve times twelve
how much is a hundred dollars in euros
we got a new puppy
my dog ate my shoe
my dog is ill
the cat is on the roof
my hamster died
my fish is swimming upside down
do you have pets
dogs or cats
tea or coffee
summer or winter
what should I cook for dinner
what shall we have for lunch
what's for dinner
I burned the toast
I ate too much
the soup was cold
is chocolate good for you
how do I make tea
how do you bake bread
can you recommend a restaurant
any good restaurants nearby
which wine goes with fish
where can I buy flowers
what should I wear today
what should I give my mother for her birthday
what's a good name for a baby
my daughter has a fever
my son lost a tooth
the baby is crying
my wife is away this week
my husband snores
my sister is getting married
we are expecting a baby
grandma turns ninety tomorrow
my roommate never washes up
my neighbour has a new car
I broke my arm
my stomach hurts
my eyes are itchy
my ear hurts
my shoulder is stiff
I caught the flu
I have hay fever
the dentist was awful
I need to see a doctor
I need a haircut
I went to the gym
I ran ten kilometres this morning
I fell off my bike
my bike was stolen
my car broke down
I got a parking ticket
my flat is a mess
the heating is broken at home
the lift smells funny
the office plant is dying
someone ate my sandwich
the coffee here is terrible
is there any milk left
who took my chair
it's so hot in here
can someone open the window
it's loud in the office today
I'm working from home today
I'm off tomorrow
I'm on holiday next week
first day after the holidays
the weekend was too short
any plans for the weekend
what did you do last night
what are your plans for summer
have you ever been to Japan
have you seen the news
have you heard the new album
have you read this book
I saw a great film
that series is brilliant
the ending made me cry
the concert was amazing
our team lost again
we won three to nil
what a goal
the referee was blind
which film should I watch
what music do you like
can you recommend a song
who is your favourite singer
what's your favourite animal
what's your favourite season
do you have a name
do you have a family
do you have a soul
do you eat
do you get tired
do you ever sleep
do you like your job
do you know any jokes
do you speak French
do you remember me
do you want to be human
are you happy
are you sad
are you lonely
are you angry with me
are you single
are you smart
are you better than other bots
are you listening
are you busy
are you ready
are you ok
are you a machine
can you laugh
can you dance
can you see me
can you smell
can you swim
can you help me feel better
can I ask you something
can I trust you
how smart are you
how do you work
what can you do
what else can you do
what do you know
what do you do all day
what are you wearing
when is your birthday
where do you come from
who is your boss
why are you here
I don't like you
I don't believe you
I don't understand you
I hate you
I'm proud of you
I'm sorry I shouted
I was only joking
you are boring
you are so kind
you are stupid
you are weird
you sound like a robot
you make me smile
you made me laugh
you're right
you're right about that
you were right
you win
tell me a secret
tell me a fun fact
tell me a riddle please
tell me a scary story
tell me about your day
give me a compliment
give me a fun fact
sing something
beatbox for me
dance for me
pretend you are a cat
talk like a pirate
count to ten
repeat after me
play some music
let's play a game
let's play twenty questions
truth or dare
heads or tails
let's talk about something else
let's go home
let's call it a day
time for a break
time for bed
lunch time
coffee time
cheers everyone
here we go again
there you go
good point
good question
good idea
good for you
good grief
nice try
nice shoes
nice joke
so what's new
not much
nothing special
same as always
could be worse
can't complain
as usual
sounds like fun
sounds fun
I'm in
count me in
I'm out
I'm lost for words
I'm speechless
I'm confused
I'm freezing
I'm sweating
I'm so excited
I'm nervous about tomorrow
I'm in love
I feel old
I feel like dancing
I laughed so hard
I cried all night
I won the lottery
I found ten euros
I lost my wallet
I forgot my lunch
I forgot my password again haha
I love pizza
I love you all
I love sundays
I love rainy days
mondays, am I right
thank god it's friday
yay weekend
it's snowing
it's so windy outside
lovely weather today
is it raining where you are
what's the temperature outside
do I need an umbrella
look at that rainbow
the moon is huge tonight
merci beaucoup
grazie mille
arigato
mazel tov
gesundheit
bon appetit
dfgdfg
sdfsdf
lkjlkj
ghghgh
wer bist du eigentlich
was kannst du
wie alt bist du
wie heißt du
wie war dein tag
was gibt es heute zum mittag
wie spät ist es jetzt
welcher tag ist heute
mein hund ist süß
meine katze schläft
mein rücken tut weh
ich habe kopfschmerzen
ich gehe schlafen
ich bin gleich zurück
ich liebe dich
du bist der beste
du bist lustig
das wetter ist schön
heute ist es kalt
haha der war gut
egal
schon erledigt, danke
falscher chat, sorry
passt schon
feierabend
qué día es hoy
qué tiempo hace hoy
qué vas a comer
cómo te llamas
cuántos años tienes
mi perro es muy bonito
mi gato duerme
me duele la espalda
me duelen los pies
me voy a dormir
ya vuelvo
te quiero
eres el mejor
eres muy gracioso
hace mucho calor
ya está, gracias
chat equivocado, perdón
da igual
buen provecho
que dia é hoje
como está o tempo
o que tem pro almoço
qual é o seu nome
quantos anos você tem
meu cachorro é lindo
meu gato está dormindo
estou com dor nas costas
vou dormir
já volto
te amo
você é demais
você é engraçado
está muito frio hoje
já resolvi, obrigado
conversa errada, desculpa
tanto faz
bom apetite
今天星期几
今天吃什么
我的狗很可爱
我的猫在睡觉
我肚子疼
我发烧了
我去睡觉了
马上回来
我爱你
你真聪明
你喜欢什么
你会做梦吗
今天好冷
外面下雨了
发错了，不好意思
已经好了，谢谢
无所谓
今日は何曜日
今日の天気は
お昼何食べる
うちの犬はかわいい
猫が寝てる
お腹が痛い
風邪ひいた
もう寝ます
すぐ戻ります
愛してる
君は面白いね
夢は見ますか
好きな音楽は
外は雨だ
暑いね
誤爆しました、すみません
もう解決しました、ありがとう
別にいいよ
`
