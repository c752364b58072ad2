const words = (text: string) => text.trim().split(/\s+/)

/** Words that carry no work: they are in every sentence, whatever it asks for. */
export const englishStopWords: ReadonlySet<string> = new Set(
  words(`
  a about after again all also am an and any anybody anyone anything are arent as at be because
  been before being both but by came can cannot cant come could couldnt did didnt do does doesnt
  doing dont done each either else ever every everybody everyone everything few for from get gets
  getting give given go goes going gone got had has hasnt have havent having he hello her here hers
  hi him his how i id if ill im in into is isnt it its ive just kind let lets like lot made make
  makes many may me might mine more most much must my myself need needs never no nobody none not
  nothing now of off ok on once one ones only or other others our ours out over own per please pls
  plz put quite rather really same shall she should shouldnt since so some somebody someone something
  still such sure than that thats the their theirs them then there theres these they theyre thing
  things this those though to too under until up upon us very via want wants was wasnt way we well
  were werent weve what whats when where whether which while who whom whose why will with within
  without wont would wouldnt yet you your youre yours youve
`),
)

const german = words(`
  aber alle allem allen aller alles als also am an andere auch auf aus bei beim bin bis bist bitte
  da damit dann das dass dem den denn der des dich die dies diese diesem diesen dieser dieses dir
  doch dort du durch ein eine einem einen einer eines einfach er es etwas euch fur hab habe haben
  hat hatte hier ich ihm ihn ihnen ihr ihre ihrem ihren im immer in ins ist ja jede jeden jeder jetzt
  kann kannst kein keine keinen konnen mach machen mal man mehr mein meine meinem meinen mich mir
  mit mochte muss mussen nach nicht nichts noch nur ob oder ohne sehr sein seine seit sich sie sind
  so soll sollen sollte uber um und uns unser unsere unserem unseren unserer unter viel vom von vor
  wann war warum was wegen weil welche welcher welches wenn wer werden wie wieder will wir wird wo
  wollen wurde zu zum zur zwischen
`)

const spanish = words(`
  al algo algun alguna ante antes aqui asi aun aunque cada como con cual cuando de del desde donde
  dos el ella ellos en entre era es esa ese eso esta estaba estan estar este esto estos fue ha hace
  hacer hasta hay la las le les lo los mas me mi mis mucho muy nada ni nos nosotros nuestra nuestras
  nuestro nuestros o os otra otro para pero poco por porque puede pueden puedo que quien quiere
  quiero se sea sean ser si sin sobre solo son su sus tambien tan te tengo tiene tienen todo todos
  tu tus un una uno unos y ya yo
`)

const portuguese = words(`
  ao aos aquele aquilo as ate cada com como da das de dela dele deles depois do dos e ela ele eles em
  entao era essa esse esta estao estava este eu faz fazer foi ha isso isto ja lhe mais mas me mesmo
  meu meus minha muito muita na nao nas nem no nos nossa nossas nosso nossos num numa o os ou para
  pela pelas pelo pelos pode podem por porque pra qual quando que quem quer quero se sem ser seu seus
  so sobre sua suas tambem tem temos tenho ter tudo um uma umas uns voce voces
`)

/** German, Spanish and Portuguese. */
export const foreignStopWords: ReadonlySet<string> = new Set([...german, ...spanish, ...portuguese])

/** Folded as the tokenizer folds: lower case, without accents and apostrophes. */
export const stopWords: ReadonlySet<string> = new Set([...englishStopWords, ...foreignStopWords])
