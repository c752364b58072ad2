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
`
