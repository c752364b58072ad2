/**
 * Words of work by what they mean, for descriptions in other words or another language than the
 * specialists' own. A line is `English | German, Spanish, Portuguese | Chinese, Japanese`; the first
 * English word names the meaning; `*` stands for any ending; several
 * words count when they are neighbours. Written folded: lower case, no accents on Latin letters.
 */
export const lexicon = `
bug, defect, fault, glitch, broken, misbehave, malfunction, wrong result | fehler*, defekt*, kaputt*, falla*, fallo*, error*, erro, erros, defeito*, quebrad*, roto, rota | 错误, 缺陷, 故障, 报错, 出错, バグ, 不具合, 欠陥, エラー, 壊れ
crash, die, abort, blow up, fall over, quit unexpectedly, segfault, core dump | absturz*, sturzt, absturzt, abstur*, se cierra, cuelga, cae, trava, travando, travam, quebra | 崩溃, 闪退, 宕机, クラッシュ, 落ちる, 落ちて, 異常終了
freeze, hang, stuck, unresponsive, not responding, lock up, stall | hangt, einfrier*, eingefroren, congela*, bloquead*, colgad*, travado, travada | 卡死, 卡住, 无响应, 假死, フリーズ, 固まる, 固まり, 応答しない
error message, exception, stack trace, traceback, stacktrace | fehlermeldung*, ausnahme*, mensaje de error, excepcion*, mensagem de erro, excecao | 异常, 堆栈, 报错信息, 例外, スタックトレース, エラーメッセージ
slow, sluggish, lag, laggy, takes forever, takes ages, crawl, crawling, snail, long wait | langsam*, trage, dauert, ruckel*, lent*, tarda, tardan, demora*, devagar | 慢, 很慢, 缓慢, 卡顿, 延迟, 遅い, 遅く, 重い, もたつ
fast, speed, quick, speed up, faster, accelerate, snappy | schnell*, beschleunig*, geschwindigkeit*, rapid*, veloc*, acelera*, agiliza* | 快, 加速, 提速, 速度, 速い, 速く, 高速, 高速化
performance, throughput, latency, response time, load time | leistung*, antwortzeit*, durchsatz*, rendimiento*, desempenho*, latencia* | 性能, 吞吐, 响应时间, パフォーマンス, 応答時間, スループット, 処理速度
benchmark, measure, load test, stress test, compare numbers | messen, messung*, lasttest*, medir, medicion*, medicao, prueba de carga, teste de carga | 基准测试, 压测, 压力测试, 测量, ベンチマーク, 計測, 測定, 負荷テスト, 負荷試験
debug, root cause, diagnose, track down, cause, why does, reproduce, bisect | ursache*, diagnos*, nachvollzieh*, reproduz*, causa, depur*, rastre* | 调试, 排查, 根因, 原因, 复现, 定位, デバッグ, 再現, 切り分け
fix, repair, mend, correct, patch, resolve | reparier*, beheb*, korrigier*, arregl*, repar*, corrig*, consert*, soluciona*, resolv* | 修复, 修好, 解决, 修正, 直し, 直す, 修理, 解決
test, check, try out, verify, validate | test*, pruf*, uberpruf*, prueba*, probar, verific*, comprob*, teste*, testar, checa* | 测试, 检查, 验证, 校验, テスト, 試験, 検証, 確認
unit test, test coverage, edge case, assertion, mock | einheitentest*, komponententest*, testabdeckung, grenzfall*, prueba unitaria, pruebas unitarias, cobertura, testes unitarios | 单元测试, 单测, 覆盖率, 边界, 单体テスト, 単体テスト, ユニットテスト, カバレッジ, 境界値
end to end, browser test, ui test, click through, playwright, cypress, selenium | oberflachentest*, durchklicken, prueba de extremo, pruebas de navegador, ponta a ponta | 端到端, 自动化测试, e2e, 画面テスト, 自動テスト
flaky, intermittent, sometimes fails, now and then, randomly, sporadic | sporadisch*, manchmal, gelegentlich*, unzuverlassig*, intermitente*, a veces, as vezes, aleatori* | 偶尔, 偶发, 时好时坏, 不稳定, たまに, 不安定, ときどき, 時々
code, source, program, script, source code | code, quellcode, quelltext, programm*, codigo*, programa* | 代码, 源码, 程序, 脚本, コード, ソース, プログラム, スクリプト
review, look over, second pair of eyes, read through, critique, feedback on | durchseh*, durchsicht*, begutacht*, gegenles*, revis*, repas*, dar una mirada, olhada | 审查, 评审, 审阅, 看看, 把关, レビュー, 見てほしい, 見直し, 査読
pull request, merge request, diff, changeset, patch set | anderung*, solicitud de cambios, cambios, alteracoes | 合并请求, 拉取请求, 改动, プルリク, マージリクエスト, 変更点, 差分
refactor, clean up, tidy, restructure, untangle, spaghetti, messy, simplify | aufraum*, umbau*, umstrukturier*, vereinfach*, refactoriz*, refator*, limpi*, ordenar, simplific*, bagunc* | 重构, 整理, 清理, 简化, 拆分, リファクタ*, 簡素化, 見通し
duplicate, double, twice, repeated, doubled | doppelt*, zweimal, duplik*, duplicad*, doble, repetid*, dobro, duas vezes, dos veces | 重复, 两次, 双重, 重複, 二重, 2回, 二回
minimal change, one line, tiny, nothing else, just this, smallest | minimal*, nur diese, winzig*, minim*, nada mas, so isso, apenas | 最小改动, 只改, 一行, 最小限, だけ直, 一行だけ
architecture, structure, module, boundary, coupling, big picture, monolith, microservice | architektur*, aufbau*, struktur*, arquitectura*, arquitetura*, estructura*, estrutura*, modul* | 架构, 结构, 模块, 微服务, 单体, アーキテクチャ, 構成, 構造, モジュール, マイクロサービス
decision, choose, decide, option, trade off, pros and cons, alternative | entscheid*, wahl*, abwag*, decid*, decision*, decisao, eleg*, elig*, escolh* | 决定, 选择, 取舍, 权衡, 方案, 決定, 選定, 選ぶ, 比較検討, 判断
second opinion, devil's advocate, challenge, doubt, objection | zweitmeinung*, zweifel*, hinterfrag*, gegenargument*, segunda opinion, dud*, duvid*, cuestion*, question* | 质疑, 反驳, 第二意见, 反对, セカンドオピニオン, 反論, 疑問
diagram, draw, sketch, chart, flowchart, c4, uml | diagramm*, zeichn*, skizz*, schaubild*, diagrama*, dibuj*, desenh*, esquema* | 图, 画, 流程图, 架构图, 示意图, 図, 描く, フローチャート, 構成図, 図解
api, endpoint, interface, rest, openapi, contract, web service | schnittstelle*, endpunkt*, interfaz, interfaces, punto final, servico web | 接口, 端点, 服务接口, api, エンドポイント, インターフェース, 仕様
graphql, resolver, schema stitching, federation
backend, server, service, server side | dienst*, serverseit*, servidor*, servicio*, servico* | 后端, 服务端, 服务器, 服务, サーバー, サーバ, バックエンド, サービス
frontend, user interface, web page, browser, react, component, css, html | oberflache*, webseite*, seite, browser*, interfaz, pagina*, navegador* | 前端, 页面, 浏览器, 网页, 组件, フロントエンド, 画面, ブラウザ, ページ, コンポーネント
layout, overlap, alignment, margin, spacing, squashed, overflow, responsive | anordnung*, uberlapp*, abstand*, verrutsch*, disposicion, maquetacion, superpon*, diagramac*, sobrep* | 布局, 排版, 重叠, 间距, 对齐, 错位, レイアウト, 余白, 配置, はみ出, 崩れ
button, form, field, menu, input, dropdown, sidebar, dialog | knopf*, schaltflache*, formular*, feld, menu*, eingabe*, boton*, botao, botoes, formulario*, campo* | 按钮, 表单, 菜单, 输入框, 弹窗, ボタン, フォーム, メニュー, 入力欄, ダイアログ
phone, mobile, smartphone, handset, cell phone, tablet | handy*, telefon*, mobil*, movil*, telefono*, celular*, telemovel | 手机, 移动端, 平板, 电话, スマホ, 携帯, 電話, タブレット, モバイル
app, application, mobile app, ios, android, iphone | app, anwendung*, aplicacion*, aplicativo*, aplicac* | 应用, 软件, 安卓, 苹果, アプリ, アプリケーション, アンドロイド
app store, play store, download page, store listing, install rate | app store, tienda de aplicaciones, loja de aplicativos | 应用商店, 应用市场, 下载量, アプリストア, ストア掲載, ダウンロード数
desktop, electron, tray, window, installer, windows app | desktop*, fenster*, escritorio, ventana*, janela*, instalador* | 桌面, 窗口, 托盘, 安装包, デスクトップ, ウィンドウ, トレイ, インストーラ
browser extension, add-on, chrome extension, plugin | erweiterung*, extension de navegador, extensao, complemento*, plugin* | 插件, 浏览器扩展, 扩展, 拡張機能, プラグイン, アドオン
terminal, command line, cli, shell, console, prompt | kommandozeile*, befehl*, konsole*, linea de comandos, linha de comando, terminal* | 命令行, 终端, 控制台, 命令, コマンドライン, ターミナル, 端末, コマンド
database, sql, table, query, rows, postgres, mysql, index | datenbank*, tabelle*, abfrage*, base de datos, banco de dados, tabla*, tabela*, consulta*, indice* | 数据库, 表, 查询, 索引, 慢查询, データベース, テーブル, クエリ, インデックス
migration, migrate, move over, upgrade, switch from, port | umstell*, umzug*, umzieh*, migrier*, ablos*, migra*, actualiz*, atualiz*, pasar a | 迁移, 升级, 搬迁, 切换, 移行, 移植, アップグレード, 乗り換え
data pipeline, etl, ingest, load data, warehouse, nightly load, sync data | datenstrecke*, datenlager*, laden, einlesen, almacen de datos, cargar datos, carregar, carga de dados, pipeline* | 数据管道, 数据仓库, 数仓, 导入, 同步数据, データ基盤, データパイプライン, 取り込み, dwh, 連携
data quality, dirty data, bad rows, inconsistent, cleanse, anomalies | datenqualitat, bereinig*, schmutzig*, calidad de datos, qualidade dos dados, limpar dados, datos sucios | 数据质量, 脏数据, 数据清洗, データ品質, データクレンジング, 汚れたデータ
statistics, statistical, significance, regression, correlation, hypothesis, distribution | statisti*, zusammenhang*, estadistic*, estatistic*, correlac* | 统计, 相关性, 回归, 显著, 統計, 相関, 回帰, 有意
forecast, predict, prediction, outlook, projection, expect next | vorhersag*, prognos*, pronostic*, predic*, prever, previs* | 预测, 预估, 予測, 見通し, 見込み
experiment, ab test, variant, split test, control group | experiment*, variante*, versuch*, prueba ab, teste ab | 实验, ab测试, 对照组, 实验组, abテスト, 実験, 検証実験
report, dashboard, chart, figures, numbers, kpi, metrics, at a glance | bericht*, auswert*, kennzahl*, zahlen, ubersicht*, informe*, relatorio*, panel*, painel, indicador*, grafic*, cifras, numeros | 报表, 报告, 看板, 指标, 图表, 数据分析, レポート, 報告, ダッシュボード, 指標, グラフ, 集計
summary, summarise, condense, short version, shorten, brief, tldr | zusammenfass*, kurzfass*, kurz, resum*, sintes*, resumid* | 总结, 摘要, 概括, 简报, 要約, まとめ, 概要, 一枚に
boss, board, ceo, chief, leadership, management, c level | vorstand*, geschaftsfuhr*, chef*, leitung*, ejecutiv*, direcc*, jefe*, diretoria, executiv* | 高管, 老板, 领导, 董事会, 管理层, 経営, 役員, 上司, 幹部, 社長
machine learning, model, train, classifier, neural network, ai | modell*, trainier*, kunstliche intelligenz, ki, modelo*, entren*, treinar, treinamento, aprendizaje automatico | 模型, 训练, 机器学习, 人工智能, 神经网络, モデル, 学習, 機械学習, 人工知能, ai
prompt, system prompt, instructions for the model, wording for the ai | prompt*, anweisung* | 提示词, 系统提示, プロンプト, 指示文
language model, llm, chatbot, assistant, gpt, claude | sprachmodell*, assistent*, asistente*, modelo de lenguaje, modelo de linguagem | 大模型, 语言模型, 聊天机器人, 智能助手, 言語モデル, チャットボット, アシスタント
evaluate, eval, judge, score, grade answers, rubric, hallucination | bewert*, beurteil*, evalu*, avali*, puntu* | 评估, 评测, 打分, 幻觉, 評価, 採点, 幻覚
model drift, retrain, serving, deployment of a model, feature store, mlops | modellbetrieb*, despliegue de modelos, deriva | 模型部署, 模型上线, 漂移, 再训练, モデル運用, ドリフト, 再学習
image recognition, camera, detect objects, computer vision, ocr, video frames | bilderkenn*, kamera*, erkenn*, reconocimiento de imagen, camara*, camera*, vision por computador | 图像识别, 摄像头, 目标检测, 识别, 画像認識, カメラ, 物体検出, 認識
speech, voice, transcript, transcribe, speech to text, audio recording, dictation, spoken | sprache*, gesproch*, mitschrift*, transkri*, voz, habla*, transcri*, fala* | 语音, 转写, 转文字, 录音, 听写, 音声, 文字起こし, 録音, 書き起こし
search, find, results, relevance, ranking, full text, look up | suche*, such*, treffer*, finden, busca*, buscar, busqued*, resultado*, pesquis*, encontr* | 搜索, 检索, 查找, 搜不到, 検索, 探す, 見つから, 全文検索
cache, stale, out of date, old value, cdn, invalidate | zwischenspeich*, veralt*, cache*, desactualizad*, desatualizad* | 缓存, 过期, 旧数据, 命中率, キャッシュ, 古い
queue, message broker, kafka, rabbitmq, event, consumer, topic | warteschlange*, nachricht*, ereignis*, cola de mensajes, fila de mensagens, evento* | 消息队列, 队列, 消费, 事件, メッセージキュー, キュー, イベント
realtime, live update, websocket, push, presence, instant | echtzeit*, sofort, tiempo real, tempo real, en vivo, ao vivo | 实时, 推送, 即时, リアルタイム, 即時, プッシュ
race condition, concurrency, deadlock, lock, thread, parallel, at the same time, simultaneous | wettlauf*, gleichzeitig*, nebenlauf*, sperre*, verklemm*, simultane*, concurren*, concorren*, bloqueo*, al mismo tiempo, ao mesmo tempo | 并发, 竞态, 死锁, 锁, 线程, 同时, 並行, 競合, デッドロック, 排他, スレッド, 同時
memory, leak, heap, ram, out of memory, oom, grows | speicher*, speicherleck*, arbeitsspeicher*, memoria*, fuga de memoria, vazamento | 内存, 内存泄漏, 泄漏, 溢出, 堆, メモリ, メモリリーク, リーク, ヒープ
cpu, profile, hot path, flame graph, optimise | prozessor*, auslast*, optimier*, procesador, optimiz*, otimiz* | 优化, 处理器, 占用, 最適化, プロファイル, cpu
deploy, release, ship, go live, roll out, publish, launch | ausliefer*, veroffentlich*, bereitstell*, freigab*, despleg*, despliegue*, lanz*, public*, implant*, deploy*, lanc* | 部署, 发布, 上线, 发版, デプロイ, リリース, 公開, 本番反映
ci, continuous integration, build pipeline, github actions, build fails, automate builds | integration*, automatisier*, integracion continua, integracao continua, automatiz* | 持续集成, 流水线, 自动化, 构建, 継続的インテグレーション, パイプライン, 自動化, ビルド
container, docker, image, kubernetes, pod, cluster, helm | container*, contenedor*, conteiner*, cluster* | 容器, 镜像, 集群, コンテナ, イメージ, クラスタ
cloud, aws, azure, gcp, account, vpc, region | cloud, wolke, nube, nuvem | 云, 云服务, 阿里云, 上云, クラウド
infrastructure, terraform, provision, infrastructure as code | infrastruktur*, infraestructura*, infraestrutura* | 基础设施, インフラ, インフラ構築
linux, systemd, machine, package, ssh, permission denied, disk full, sysadmin | rechner*, festplatte*, maquina*, disco* | 服务器运维, 磁盘, 权限, 运维, リナックス, ディスク, 権限
backup, restore, snapshot, copy of the data, keep copies | sicherung*, wiederherstell*, sicherungskop*, copia de seguridad, copias de seguridad, respald*, restaur* | 备份, 恢复, バックアップ, 復元, 復旧
network, dns, firewall, vpn, routing, packet, proxy, unreachable, connection | netzwerk*, netz, verbindung*, red, redes, conexion*, rede, conex* | 网络, 防火墙, 域名, 连接, 连不上, ネットワーク, 接続, つながら, ファイアウォール, 通信
monitoring, observability, logs, tracing, metrics, alert, grafana | uberwach*, protokoll*, alarm*, monitor*, registro*, alerta* | 监控, 日志, 告警, 链路追踪, 监视, 監視, ログ, アラート, トレース
reliability, uptime, slo, error budget, on call, availability, availability target | zuverlassig*, verfugbar*, bereitschaft*, fiabilidad, disponib*, confiabilidade, plantao | 可靠性, 可用性, 稳定性, 值班, 信頼性, 稼働率, オンコール
incident, outage, emergency, on fire, production is down, crisis, war room | storung*, ausfall*, ausgefall*, notfall*, vorfall*, incidente*, caida, caido, caiu, fora do ar, emergencia* | 事故, 故障, 宕机, 挂了, 紧急, 障害, 停止, 緊急, ダウン
cloud cost, bill, invoice for the cloud, expensive, savings, waste, overspend, finops | cloudkost*, rechnung, teuer*, einspar*, factura de la nube, caro, cara, ahorr*, conta da nuvem, economiz* | 云成本, 账单, 太贵, 省钱, 降本, クラウド費用, 請求額, 高い, コスト削減
token cost, llm spending, runaway spend, model routing, spend cap | tokenkost*, gasto de tokens | 大模型成本, 费用失控, トークン費用, 暴走
git, commit, branch, merge, rebase, merge conflict, history, stash, revert, lost work | zweig*, zusammenfuhr*, konflikt*, rama, ramas, confirmac*, conflicto*, ramo, conflito* | 分支, 提交, 合并, 冲突, 回退, 仓库, ブランチ, コミット, マージ, コンフリクト, 競合
dependency, package, library, upgrade, outdated, npm, version bump, vulnerable package | abhangig*, paket*, bibliothek*, version*, dependencia*, paquete*, biblioteca*, pacote* | 依赖, 版本升级, 第三方库, 依存, パッケージ, ライブラリ, バージョン
build system, compile, bundler, webpack, bazel, cmake, incremental build, build time | kompilier*, ubersetz*, compila* | 编译, 打包, 构建慢, コンパイル, ビルド, バンドル
compiler, parser, grammar, interpreter, syntax tree, ast, lexer, expression language | ubersetzerbau, grammatik*, compilador*, analizador*, gramatic*, interprete* | 编译器, 解析器, 语法, 解释器, コンパイラ, 構文解析, 文法, パーサ
type, types, generic, type error, type inference, typing | typ, typen, typfehler*, tipo*, tipad*, inferencia | 类型, 泛型, 类型错误, 类型推断, 型, ジェネリクス, 型エラー, 型推論
legacy, old system, ancient, cobol, mainframe, nobody understands, decades old, replace gradually | altsystem*, alt*, uralt*, heredad*, antigu*, antig*, legad* | 老系统, 遗留, 旧系统, レガシー, 古いシステム, 旧システム
onboard to the code, how does it work, explain the code, understand the repo, what calls | einarbeit*, versteh*, wo steht, entender, comprender, donde esta, onde fica, explic* | 看懂代码, 理解代码, 在哪里, 代码库, 説明, どこに, コード理解, 読み解
prototype, mvp, proof of concept, demo, throwaway, mock up | prototyp*, vorzeig*, prototip*, maqueta*, demostrac* | 原型, 最小可行, 样机, 演示, 试作, 試作, プロトタイプ, デモ, お試し
embedded, firmware, microcontroller, sensor, board, chip, device, esp32, arduino | eingebettet*, steuergerat*, gerat*, platine*, empotrad*, microcontrolador*, embarcad*, dispositivo*, placa* | 嵌入式, 固件, 单片机, 传感器, 设备, 组み込み, ファームウェア, マイコン, センサー, 基板, デバイス
battery, charge, power consumption, standby, sleep mode | batterie*, akku*, stromverbrauch*, bateria*, consumo de energia, pila, pilha | 电池, 电量, 功耗, 耗电, バッテリー, 電池, 消費電力
security, secure, vulnerability, hole, exploit, attacker, hack, hacker, unsafe, weakness | sicherheit*, sicher, schwachstelle*, lucke*, angreif*, angriff*, seguridad, segur*, vulnerab*, atacante*, ataque*, hacke*, invas*, brecha* | 安全, 漏洞, 攻击, 黑客, 入侵, 不安全, セキュリティ, 脆弱性, 攻撃, ハッカー, 不正侵入, 侵入
penetration test, break in, red team, attack us, pentest, ethical hacking | einbruch*, penetration*, prueba de penetracion, pruebas de penetracion, teste de invasao | 渗透测试, 渗透, 红队, ペネトレーション, 侵入テスト, 疑似攻撃
login, log in, sign in, sign on, password, credentials, session, authentication, logged in | anmeld*, einlogg*, passwort*, kennwort*, iniciar sesion, sesion*, contrasen*, entrar, senha*, sessao, autentic* | 登录, 密码, 会话, 登陆, 认证, 鉴权, ログイン, パスワード, 認証, セッション, サインイン
single sign on, identity provider, sso, oauth, oidc, okta, saml, keycloak | identitat*, einmalanmeld*, identidad, identidade, inicio unico | 单点登录, 身份认证, シングルサインオン, id基盤, アイデンティティ
permission, access, role, authorization, allowed to see, may see, access rights, privileges | berechtig*, zugriff*, rechte, rolle*, permiso*, acceso*, permiss*, acesso*, papel, rol, roles | 权限, 访问, 授权, 角色, 越权, 権限, アクセス, 許可, ロール
secret, api key, leaked key, credential leak, token in the repo, exposed | schlussel*, geheim*, geleakt*, clave*, secret*, filtrad*, chave*, vazad*, vazou, expost* | 密钥, 泄露, 凭证, 秘钥, 鍵, 漏洩, シークレット, 流出, 秘密
encryption, cipher, crypto, signature, hash, nonce, certificate, tls | verschlussel*, zertifikat*, krypto*, cifrad*, cifrar, certificado*, criptogr*, firma digital, assinatura | 加密, 证书, 签名, 密码学, 哈希, 暗号, 証明書, 署名, ハッシュ
privacy, personal data, gdpr, forget me, erase data, consent, data subject, anonymise | datenschutz*, personenbezog*, einwillig*, dsgvo, loschung*, privacidad, datos personales, privacidade, dados pessoais, lgpd, consentim* | 隐私, 个人信息, 个人数据, 同意, 匿名, プライバシー, 個人情報, 匿名化
supply chain security, sbom, signed build, provenance, malicious package, cve | lieferkettensicherheit | 供应链安全, 软件物料清单, 恶意包, サプライチェーン攻撃
intrusion detection, siem, suspicious, lateral movement, threat hunting, malware | eindringling*, verdachtig*, schadsoftware*, erkennungsregel*, intrus*, sospechos*, suspeit*, amenaza*, ameaca* | 入侵检测, 可疑, 威胁, 恶意软件, 不審, 検知, 脅威, マルウェア
fuzz, random input, malformed input, crash input, sanitizer | zufallseingab*, entrada aleatoria | 模糊测试, 随机输入, 畸形, ファジング, ランダム入力, 不正な入力
smart contract, solidity, blockchain, ethereum, wallet, gas, on chain | vertrag auf der blockchain, contrato inteligente, contratos inteligentes, cadena de bloques | 智能合约, 区块链, 以太坊, 钱包, 合约, スマートコントラクト, ブロックチェーン, ウォレット
payment, pay, checkout, card, charge, refund, stripe, debit, subscription | zahl*, bezahl*, karte*, abbuch*, kasse, erstatt*, lastschrift*, pago*, pagar, tarjeta*, cobr*, reembols*, pagamento*, cartao | 支付, 付款, 扣款, 退款, 刷卡, 收银, 支払, 決済, カード, 返金, 課金, 請求
accessibility, screen reader, blind, disabled, keyboard only, wcag, contrast, wheelchair | barrierefrei*, blind*, vorlese*, behinder*, accesib*, acessib*, ciego*, cego*, lector de pantalla, leitor de tela, discapac* | 无障碍, 盲人, 读屏, 残疾, アクセシビリティ, 視覚障害, 読み上げ, 障害者
translate, translation, in german, in spanish, in english, language version | ubersetzung*, ubersetz*, traduc*, traduz*, en ingles, em ingles, auf englisch | 翻译, 译成, 英文, 日文, 翻訳, 英語に, 訳して, 訳す
localisation, internationalisation, locale, right to left, plural, date format, time zone, languages | lokalis*, sprachversion*, datumsformat*, zeitzone*, localiz*, idioma*, zona horaria, fuso | 国际化, 本地化, 多语言, 时区, 国際化, 多言語, ローカライズ, タイムゾーン
documentation, docs, manual, readme, guide, instructions, how to, write down, handbook | dokumentation*, anleitung*, handbuch*, beschreib*, documenta*, manual*, guia*, instruc* | 文档, 手册, 说明书, 说明文档, 教程, 使用说明, ドキュメント, マニュアル, 手順書, 説明書, 取扱
release notes, changelog, what's new, what changed | anderungsliste, neuerung*, notas de la version, notas de versao, novedades, novidades | 更新日志, 发行说明, 版本说明, リリースノート, 変更履歴, 更新内容
talk, conference, community, evangelise, meetup, sample, tutorial for developers, developer relations | vortrag*, konferenz*, entwicklergemeinde, charla*, conferencia*, comunidad*, palestra*, comunidade* | 演讲, 大会, 社区, 布道, 講演, コミュニティ, 勉強会, 登壇
generate pdf, word file, spreadsheet, powerpoint, document from data, mail merge, slides | dokument*, serienbrief*, tabellenkalk*, folie*, prasentation*, documento*, hoja de calculo, planilha*, presentac*, apresenta* | 生成文档, 表格, 幻灯片, 演示文稿, 批量生成, 帳票, スライド, 書類, 表計算, 資料作成
design, look, visual, style, colour, icon, beautiful, pretty, ugly, font, typography | gestalt*, aussehen*, farbe*, hubsch*, hasslich*, schrift*, disen*, aspecto*, color*, bonit*, feo, cor, cores, aparencia, visual* | 设计, 外观, 颜色, 图标, 好看, 难看, 风格, 字体, デザイン, 見た目, 色, アイコン, フォント, きれい
design system, design token, consistent, css foundation, style guide, uniform | einheitlich*, gestaltungsrichtlin*, sistema de diseno, coherente*, consistente*, padroniz* | 设计系统, 统一, 规范, デザインシステム, 統一, 統一感, 一貫
brand, logo, identity, voice and tone, corporate look, on brand | marke*, markenauftritt*, erscheinungsbild*, marca*, identidad visual, logotipo* | 品牌, 商标, 标识, 调性, ブランド, ロゴ, 企業イメージ
user research, interview, usability, persona, observe, survey | nutzerforsch*, befrag*, beobacht*, umfrage*, entrevist*, encuesta*, observ*, usabilidad, pesquisa com usuarios | 用户研究, 访谈, 用户调研, 可用性, 画像, ユーザー調査, インタビュー, 使い勝手, 観察, 聞き取り
delight, fun, playful, surprise, joy, easter egg, whimsy, smile, charming | freude*, spielerisch*, uberrasch*, spass, divertid*, sorpre*, surpre*, alegria, ludic* | 趣味, 惊喜, 好玩, 彩蛋, 遊び心, 楽しい, サプライズ, ワクワク
infographic, poster, illustration, visual story, explain visually, picture | infografik*, plakat*, bild, bilder, infografia*, cartel*, ilustra*, cartaz | 信息图, 海报, 插图, 可视化, インフォグラフィック, ポスター, イラスト, 図解
image generation, midjourney, photo prompt, text to image, stable diffusion | bildgenerier*, bild erzeugen, generar imagen*, gerar imagens | 文生图, 生成图片, 绘图提示词, 画像生成, 生成画像
stereotype, diversity, inclusive, representation, bias, gender, biased | klischee*, vielfalt*, inklusiv*, vorurteil*, estereotip*, diversidad*, diversidade, inclusiv*, sesgo*, vies | 刻板印象, 多样性, 包容, 偏见, 歧视, 多様性, 偏見, ステレオタイプ, 包摂
culture, names, offend, religion, cultural, etiquette, tradition | kultur*, brauch*, sitte*, cultur*, costumbre*, costume*, ofens* | 文化, 习俗, 禁忌, 冒犯, 礼仪, 習慣, 風習, 失礼, マナー
game, player, level, quest, gameplay, boss fight, enemy | spiel*, spieler*, gegner*, juego*, jugador*, jogo*, jogador*, enemig* | 游戏, 玩家, 关卡, 敌人, 数值, ゲーム, プレイヤー, ステージ, 敵, レベル
game balance, economy, reward, loot, progression, too easy, too hard, mechanics | spielbalance, belohn*, spielmechanik*, equilibrio del juego, recompensa*, balanceamento, mecanica* | 平衡, 奖励, 掉落, 玩法, 机制, バランス, 報酬, ゲームバランス, 難易度
level design, map, room, corridor, cave, pacing, encounter, layout of the level | levelaufbau, karte, raum, nivel*, mapa*, fase* | 地图, 关卡设计, 地形, マップ, レベルデザイン, ダンジョン
story, plot, dialogue, character, villain, hero, lore, branching, scene | geschichte*, handlung*, figur*, dialog*, held*, histori*, trama*, personaje*, enredo*, personagem*, personagens, dialogo*, guion | 剧情, 对白, 角色, 故事, 主角, 反派, 人物, 物語, ストーリー, キャラクター, 台詞, 主人公, 登場人物
novel, chapter, manuscript, book, author, ghostwriter, memoir | roman*, kapitel*, manuskript*, buch, bucher, novela*, capitulo*, libro*, livro*, romance*, autor* | 小说, 章节, 书稿, 出书, 书, 小説, 章, 原稿, 本を, 執筆, 著者
game audio, sound effect, footsteps, music, soundtrack, mix, ambience, noise | klang*, gerausch*, musik*, ton, sonido*, musica*, som, sons, ruido* | 音效, 音乐, 配乐, 声音, 効果音, 音楽, サウンド, 音
shader, material, render, vfx, particle, fog, lighting, texture, gpu | lichteffekt*, textur*, nebel*, partikel*, sombread*, textura*, particula*, niebla, nevoa, iluminac* | 着色器, 材质, 渲染, 粒子, 特效, 贴图, 光照, シェーダ*, マテリアル, レンダリング, パーティクル, エフェクト, 照明
multiplayer, netcode, replication, lobby, dedicated server, client prediction, desync | mehrspieler*, multijugador*, multijogador* | 联机, 多人, 同步, 网络同步, マルチプレイ, 通信対戦, 同期ずれ
unity, unity editor, prefab, scriptableobject, monobehaviour |  | ユニティ
unreal, blueprint, ue5, niagara, nanite |  | 虚幻, 蓝图, アンリアル, ブループリント
godot, gdscript
roblox, luau |  | 罗布乐思, ロブロックス
blender, bpy, mesh, 3d model, uv, rig |  | 建模, モデリング, 3dモデル
open world, landscape, terrain, foliage, island, streaming level, trees | landschaft*, gelande*, insel*, paisaje*, isla, terreno*, paisagem, ilha | 开放世界, 地形, 植被, 岛, オープンワールド, 島, 植生
avatar, clothing, accessory, outfit, hair, skin item | kleidung*, ropa, accesorio*, roupa*, acessorio* | 虚拟形象, 服装, 饰品, アバター, 衣装, アクセサリ
virtual reality, vr, headset, augmented reality, ar, mixed reality, xr, goggles, glasses, immersive | brille*, virtuelle realitat, realidad virtual, realidad aumentada, realidade virtual, realidade aumentada, gafas, oculos | 虚拟现实, 头显, 增强现实, 眼镜, 仮想現実, ヘッドセット, 拡張現実, ゴーグル, メガネ
vision pro, visionos, spatial, realitykit, volumetric |  | 空间计算, 空間コンピューティング, ビジョンプロ
motion sickness, nausea, dizzy, cockpit, seated, reach, hand tracking, gesture | ubelkeit*, schwindel*, mareo*, cabina, enjoo*, tontura | 晕动, 头晕, 座舱, 手势, vr酔い, 酔う, コックピット, ジェスチャー
metal, mac, macos, apple silicon, swift |  | マック
marketing, campaign, promote, promotion, advertise, audience, awareness | werb*, kampagne*, vermarkt*, zielgruppe*, campan*, promoc*, promov*, divulg*, mercadotecnia, publico objetivo | 营销, 推广, 宣传, 活动, 受众, マーケティング, 宣伝, 販促, キャンペーン, 集客
seo, google ranking, found on google, search engine, organic traffic, backlinks, sitemap, crawl, indexed | suchmaschine*, gefunden, auffindbar*, posicionamiento, buscador*, posicionar, buscadores | 搜索引擎优化, 排名, 收录, 外链, 検索順位, 検索エンジン, 上位表示, seo
answer engine, cited by chatgpt, mentioned by ai, perplexity, ai overview, ai recommends | von der ki genannt, citado por la ia | ai引用, 被ai推荐, ai検索, aiに引用
content, article, blog, post, copywriting, newsletter, editorial calendar, write text | artikel*, beitrag*, beitrage, redaktion*, contenido*, articulo*, entrada*, conteudo*, artigo*, redac*, boletin | 文章, 内容, 博客, 推文, 文案, 软文, 記事, コンテンツ, ブログ, 投稿, コラム, 原稿
social media, followers, channel, feed, likes, viral, hashtag | soziale medien, follower*, kanal, kanale, redes sociales, redes sociais, seguidor*, canal, canales, canais | 社交媒体, 粉丝, 涨粉, 账号, 互动, 热搜, sns, フォロワー, 拡散, チャンネル, バズ
instagram, reels, stories, grid |  | インスタ
tiktok, short video, clips, creator | kurzvideo*, video corto, videos cortos, videos curtos | 短视频, 抖音, 快手, ショート動画, ティックトック
youtube, video, thumbnail, viewers, watch time, retention of viewers, watch, film | video*, zuschauer*, vorschaubild*, miniatura*, espectador* | 视频, 封面, 播放量, 完播率, 观众, 動画, サムネイル, 視聴, 再生回数
video editing, cut, footage, editing rhythm, subtitles, premiere, capcut | schnitt, schneiden, untertitel*, edicion de video, montaje, edicao de video, legenda*, subtitul* | 剪辑, 字幕, 素材, 剪映, 動画編集, 編集
podcast, episode, show notes, listeners, host | folge*, horer*, episodi*, oyente*, ouvinte* | 播客, 节目, 听众, ポッドキャスト, 番組, リスナー, エピソード
livestream, live selling, stream host, live shopping | livestream*, transmision en vivo, directo, transmissao ao vivo, live | 直播, 直播间, 主播, 带货, ライブ配信, ライブコマース, 生配信
linkedin, professional network, thought leadership |  | リンクトイン
twitter, tweet, x thread, thread |  | 推特, ツイート, ツイッター
reddit, subreddit |  | レディット
wechat, mini program, official account, moments, weixin |  | 微信, 小程序, 公众号, 朋友圈, 企业微信, ウィーチャット
xiaohongshu, red note, little red book |  | 小红书, 种草, 笔记
weibo, zhihu, bilibili, douyin, kuaishou, baidu |  | 微博, 知乎, 哔哩哔哩, b站, 百度
private traffic, community group, member group, repeat purchase, customer group | stammkund* | 私域, 社群, 复购, 会员, リピーター, 会員
online shop, e-commerce, marketplace, product listing, shop, amazon seller, cart, store | onlineshop*, laden, warenkorb*, handler*, tienda*, comercio electronico, carrito*, loja*, carrinho*, vendedor* | 电商, 店铺, 天猫, 淘宝, 京东, 拼多多, 商品, 购物车, ネットショップ, 通販, ec, 店舗, カート
cross border, export abroad, import duty, overseas | zoll*, ausland*, export*, aduana*, extranjero, exterior, alfandega, importac* | 跨境, 出口, 海外, 海关, 关税, 越境, 輸出, 関税
china market, mainland china, chinese consumers | chinesisch*, mercado chino, mercado chines | 中国市场, 国内市场, 中国市場, 中国進出
korea, seoul, korean | korea*, corea*, coreia* | 韩国, 首尔, 韓国
france, french, paris | franzos*, frankreich, francia, franca, frances* | 法国, 法语, フランス
growth, acquisition, referral, activation, retention, funnel, conversion, churn, signups | wachstum*, weiterempfehl*, abwander*, crecimiento*, crescimento*, referid*, embudo, conversion*, conversao, retenc* | 增长, 拉新, 留存, 转化, 裂变, 漏斗, 成長, 獲得, 離脱, 転換率, 定着
habit, motivation, reminder, nudge, encourage, engagement drop, stop using, come back | gewohnheit*, motivier*, erinner*, habito*, motiva*, recordatorio*, lembrete* | 习惯, 提醒, 激励, 坚持, 習慣, 通知, 動機, 続かない, リマインド
advertising, ads, ad spend, paid ads, banner, click, campaign budget, bid, google ads | anzeige*, werbeanzeige*, werbebudget*, gebot*, anuncio*, publicidad*, anuncios, publicidade*, puja, pujas, clique* | 广告, 投放, 竞价, 点击, 展示广告, 広告, 出稿, 入札, クリック
facebook ads, meta ads, lookalike, paid social, target audience |  | 信息流广告, sns広告
search terms, negative keywords, keyword, search query report, wasted clicks | suchbegriff*, schlusselwort*, palabra* clave, termino*, palavra* chave, palavras chave | 关键词, 搜索词, 否定关键词, キーワード, 検索語句, 除外キーワード
headline, slogan, ad copy, ad text, creative, hook, tagline | uberschrift*, werbetext*, titular*, eslogan, manchete*, chamada | 标题, 标语, 广告语, 创意, 見出し, キャッチコピー, コピー, 広告文
programmatic, dsp, display, banner placement, brand safety, impressions |  | 程序化, 展示量, ディスプレイ広告, 運用型
tracking, pixel, conversion tag, analytics tag, attribution, gtm, counted, measurement | zahlpixel, messcode, erfass*, seguimiento*, rastreamento*, etiqueta*, atribuc* | 埋点, 归因, 追踪代码, 统计代码, 計測タグ, タグ, 計測, アトリビューション
sell, sale, deal, buyer, close, prospect, quota, customer wants to buy | verkauf*, vertrieb*, abschluss*, kaufer*, vent*, vender, comprador*, vend*, negoci* | 销售, 成交, 客户, 签单, 销量, 営業, 販売, 商談, 受注, 成約, 買い手
cold email, outreach, first contact, follow up, write to prospects, no reply | kaltakquise*, ansprach*, anschreiben, erstkontakt*, nachfass*, correo en frio, contacto, prospect*, primeiro contato, retomar | 开发信, 冷邮件, 跟进, 联系客户, 営業メール, 新規開拓, 追客, フォローメール
discovery call, questions to ask a prospect, qualification, needs analysis | bedarfsanalyse*, gesprachsleitfaden, llamada de descubrimiento, calificac* | 需求挖掘, 客户访谈, ヒアリング, 商談準備
sales pipeline, crm hygiene, stages, win rate, forecast of deals, opportunities | verkaufschance*, oportunidad*, oportunidade*, funil de vendas | 商机, 销售漏斗, 客户管理, 案件管理, パイプライン管理
coach, practise, role play, rep, train the sales team | schul*, uben, rollenspiel*, entrenador*, practicar, treinar equipe | 辅导, 陪练, 演练, コーチング, 指導, ロールプレイ
key account, upsell, renewal, expand, existing customer, account plan | bestandskund*, vertragsverlanger*, ausbau*, cliente actual, renovac*, expandir | 大客户, 续约, 增购, 既存顧客, 更新契約, 深耕, アップセル
proposal, tender, bid, rfp, offer, procurement response, quotation | angebot*, ausschreib*, vergab*, propuesta*, licitac*, presupuesto*, oferta*, proposta*, orcamento*, edital | 投标, 招标, 方案书, 报价, 标书, 提案, 入札, 見積, 提案書, rfp
product demo, technical sale, presales, proof of value | vorfuhr*, demonstra*, preventa, pre venda | 售前, 产品演示, プリセールス, 製品デモ
crm, salesforce, apex, customer database, leads | kundenverwalt*, gestion de clientes | 客户管理系统, セールスフォース, 顧客管理
customer, client, buyer, guest | kund*, client*, kundin*, cliente*, fregues* | 客户, 顾客, 用户, 顧客, お客様, お客さま, 利用者
complaint, angry, furious, upset, unhappy, apologise, reply to a customer, support ticket | beschwer*, wutend*, verarger*, reklam*, entschuldig*, antwort*, queja*, enfad*, reclam*, molest*, disculp*, responder, respuesta*, resposta*, irritad*, queix* | 投诉, 生气, 抱怨, 道歉, 回复, 客服, 工单, 苦情, クレーム, 怒って, お詫び, 返信, 問い合わせ, サポート
feedback, opinions, reviews, ratings, comments, what people say, survey answers | ruckmeld*, bewertungen, meinung*, rezension*, comentario*, opinion*, resen*, opinioes, avaliacoes | 反馈, 评论, 意见, 评价, 吐槽, フィードバック, レビュー, 意見, 口コミ, 声, 感想
return, exchange, refund an item, send back, wrong size, receipt, store credit | rucksend*, umtausch*, retoure*, zuruckgeb*, devoluc*, devolver, cambio, troca, devolv* | 退货, 换货, 退换, 返品, 交換, 返却
hotel, guest, reservation, room, front desk, booking, check in | hotel*, gast, gaste, zimmer*, ubernacht*, buchung*, huesped*, habitac*, reserva*, hospede*, quarto* | 酒店, 客人, 房间, 预订, 入住, 前台, ホテル, 宿泊, 予約, 部屋, フロント, お客
patient, doctor, clinic, hospital, appointment, medical, insurance, health | patient*, arzt*, klinik*, krankenh*, termin*, gesundheit*, paciente*, medic*, clinica*, cita, salud, hospital*, consulta medica, saude | 患者, 医生, 诊所, 医院, 预约, 医疗, 健康, 医師, 病院, 診療, 予約, 医療
law, legal, lawyer, lawful, allowed, court, lawsuit, attorney, illegal | recht, rechtlich*, rechts*, anwalt*, gericht*, gesetz*, erlaubt*, darf, durfen, legal*, abogad*, juez, juic*, ley, leyes, advogad*, juridic*, lei, leis, permitid* | 法律, 律师, 合法, 诉讼, 法院, 违法, 可以吗, 弁護士, 違法, 裁判, 法的
contract, clause, lease, agreement, terms, sign, obligations, nda | vertrag*, vertrage, klausel*, mietvertrag*, vereinbar*, unterschreib*, contrato*, clausula*, arrend*, alquiler*, aluguel, acuerdo*, acordo*, assinar, firmar | 合同, 条款, 协议, 租约, 签字, 签约, 契約, 契約書, 条項, 賃貸, 合意
licence, license, open source licence, gpl, mit, copyright, copied code, attribution | lizenz*, urheber*, licencia*, derechos de autor, licenca*, direitos autorais | 许可证, 开源协议, 版权, 著作权, ライセンス, 著作権, オープンソース
compliance, audit, iso 27001, soc 2, auditor, controls, certification, regulation, evidence for the auditor | prufer, zertifizier*, vorschrift*, auditor*, cumplimiento*, normativa*, certificac*, conformidade*, regulam*, fiscaliza* | 合规, 审计, 认证, 法规, 监管, 内控, コンプライアンス, 監査, 認証取得, 規制, 法令
law firm, billable hours, time entries, timekeeping, matter | abrechenbar*, stunden*, horas facturables, honorarios, honorario* | 律所, 计费, 工时, 弁護士費用, タイムシート, 稼働時間
intake, new matter, conflict check, potential client of a law firm | mandant*, mandat*, conflicto de interes* | 收案, 利益冲突, 受任, 利益相反, 相談受付
tax, vat, deduction, tax return, declare, withholding | steuer*, umsatzsteuer*, mehrwertsteuer*, absetz*, impuesto*, iva, deduc*, declarac*, hacienda, imposto*, tribut* | 税, 税务, 增值税, 报税, 抵扣, 税金, 消費税, 確定申告, 控除, 税務
bookkeeping, accounting, ledger, bank statement, reconcile, month end, journal entry, receipts, books | buchhalt*, buchung*, kontoauszug*, abgleich*, abstimm*, monatsabschluss*, beleg*, contab*, concili*, extracto*, asiento*, extrato*, lancamento* | 记账, 会计, 对账, 月结, 凭证, 账目, 経理, 帳簿, 仕訳, 月次決算, 突合, 会計, 消込
invoice, bill, pay suppliers, vendor payment, payable, due, remittance | rechnung*, uberweis*, lieferantenrechnung*, fallig*, factura*, pagar a proveedores, fatura*, nota fiscal, boleto* | 发票, 付款单, 应付, 供应商付款, 打款, 請求書, 支払い, 買掛, 振込
budget, spending, expenses, overspend, money spent, cost, costs, costs too much | budget*, ausgab*, kosten*, spesen, presupuesto*, gasto*, coste*, costo*, orcament*, despesa*, custo* | 预算, 支出, 花费, 成本, 费用, 開销, 予算, 経費, 費用, コスト, 出費
variance, plan versus actual, quarterly plan, financial planning, headcount plan | abweich*, soll ist, planung*, desviac*, desvio*, planejado | 差异分析, 预算执行, 实际与计划, 予実, 差異, 予実管理
valuation, cash flow, financial model, fundraising, seed round, investors, runway, profit | bewertung des unternehmens, kapital*, liquidit*, gewinn*, valorac*, flujo de caja, inversion*, inversor*, ronda, ganancia*, fluxo de caixa, investidor*, lucro* | 估值, 现金流, 融资, 财务模型, 投资人, 利润, 企業価値, 資金調達, キャッシュフロー, 財務モデル, 利益, 投資家
invest, stocks, shares, fund, equity research, dividends, market thesis | aktie*, anlage, anleger*, invertir, acciones, bolsa, acoes, investir, investiment* | 股票, 投资, 基金, 个股, 株, 株式, 投資, 銘柄
loan, mortgage, borrower, credit, bank loan, interest rate | kredit*, darlehen*, hypothek*, baufinanz*, zins*, prestamo*, hipotec*, credito*, emprestimo*, financiament* | 贷款, 房贷, 借款, 利率, 按揭, ローン, 融資, 借入, 住宅ローン, 金利
house, flat, apartment, property, real estate, buyer of a home, seller of a home, viewing | haus*, wohnung*, immobil*, makler*, casa*, piso, departamento*, inmueble*, inmobili*, vivienda*, imove*, apartamento* | 房子, 房产, 买房, 卖房, 公寓, 中介, 家, マンション, 不動産, 住宅, 物件
building, beam, concrete, load bearing, structural, ceiling, foundation, bridge | statik*, tragfah*, tragt, decke*, beton*, balken*, fundament*, bauwerk*, viga*, hormig*, concreto, carga estructural, techo, laje, estrutura do predio, cimiento* | 结构, 承重, 混凝土, 梁, 楼板, 地基, 建筑, 構造計算, コンクリート, 荷重, 基礎, 建築, 耐震
hire, recruit, job ad, candidates, applicants, interview questions, vacancy, employ | einstell*, bewerb*, stellenanzeige*, kandidat*, personalsuche*, contrat*, candidat*, vacante*, reclut*, recrut*, vaga* | 招聘, 候选人, 面试, 简历, 岗位, 招人, 採用, 候補者, 面接, 求人, 応募
new employee, first day, joiner, induction, onboarding plan, starts on, new hire | neue mitarbeit*, erster arbeitstag, einarbeitungsplan, neuer kollege, nuevo empleado, primer dia, incorporac*, novo funcionario, primeiro dia, integrac* | 新员工, 入职, 新人, 新入社員, 入社, 新人研修, 初日
employee, staff, colleague, team member, worker, personnel, workforce | mitarbeit*, kolleg*, beschaftigt*, personal, empleado*, trabajador*, companer*, funcionario*, colega*, equipe | 员工, 同事, 职员, 从业人员, 従業員, 社員, スタッフ, 同僚
training course, teach staff, workshop, curriculum, learning programme, lesson | weiterbild*, lehrgang*, schulung*, kurs*, capacitac*, formacion*, taller, curso*, treinament*, oficina* | 培训, 课程, 教学, 授课, 研修, 講座, 教育, カリキュラム, 教材
study abroad, university application, admission, student visa, scholarship | auslandsstud*, universitat*, studium*, zulassung*, estudiar en el extranjero, beca*, universidad*, intercambi*, bolsa de estudos, universidade* | 留学, 申请学校, 大学, 签证, 奖学金, 選校, 出願, 奨学金, ビザ
supplier, vendor, procurement, stock, inventory, warehouse, shortage, lead time, logistics | lieferant*, lager*, bestand*, beschaff*, engpass*, nachschub*, lieferzeit*, proveedor*, inventario*, existencia*, compras, escasez, fornecedor*, estoque*, falta de | 供应商, 库存, 采购, 缺货, 仓库, 物流, 仕入, 在庫, 調達, 欠品, 倉庫, 納期
delivery, parcel, shipping, package, courier, shipment, late order | lieferung*, paket, versand*, sendung*, envio*, entrega*, paquete*, encomenda*, pedido* | 快递, 包裹, 发货, 配送, 订单, 荷物, 発送, 宅配, 注文
order, booking, purchase, orders | bestell*, auftrag*, auftrage, pedido*, orden, compra*, encomend* | 订单, 下单, 购买, 预定, 注文, 購入, 発注
project, deadline, milestone, schedule, on time, late, delay, plan the work, coordinate | projekt*, termin*, frist*, zeitplan*, verzug*, verspat*, proyecto*, plazo*, cronograma*, retras*, projeto*, prazo*, atras* | 项目, 进度, 截止, 延期, 排期, 里程碑, 协调, プロジェクト, 納期, 進捗, 遅れ, 期限, スケジュール
priority, prioritise, backlog, sprint, what first, too many requests, rank | prioris*, prioritat*, wichtig*, zuerst, prioriz*, prioridad*, primero, prioridade*, primeiro | 优先级, 迭代, 排序, 需求池, 先做, 優先順位, 優先, バックログ, スプリント
requirement, user story, spec, prd, roadmap, product vision, scope, feature | anforder*, fahrplan*, funktion*, produkt*, requisit*, producto*, hoja de ruta, alcance, funcionalidad*, produto*, roteiro, escopo | 需求, 产品, 路线图, 规划, 功能, 用户故事, 要件, 製品, ロードマップ, 機能, プロダクト, 仕様書
break down, task list, tickets, split into tasks, work packages, estimate | aufteil*, aufgab*, aufwand*, schatz*, tarea*, desglos*, estim*, tarefa*, dividir | 任务拆解, 任务, 拆任务, 估算, タスク, 分解, 見積もり, 作業
jira, issue key, traceability, link commits to tickets, workflow of tickets | vorgang*, nachverfolg*, trazabilidad, rastreabilidade | 工单流转, 可追溯, チケット, 追跡, トレーサビリティ
market research, trend, competitor, competition, market size, rising | markt*, wettbewerb*, konkurren*, trend*, mercado*, tendencia*, competidor*, competencia, concorrente*, concorrencia | 市场调研, 趋势, 竞品, 竞争对手, 行业, 市場調査, トレンド, 競合, 動向, 競合他社
process, workflow, approval, bottleneck, steps, handoff, bureaucracy, streamline | ablauf*, ablaufe, prozess*, genehmig*, freigabe*, engstelle*, proceso*, aprobac*, flujo*, cuello de botella, processo*, aprovac*, fluxo*, gargalo* | 流程, 审批, 瓶颈, 步骤, 环节, プロセス, 承認, 手順, 業務フロー, 業務改善, ボトルネック
automation, automate, robot, should we automate, no code, zapier, n8n, by itself | automatis*, selbsttatig*, von selbst, roboter*, automatic*, robot*, sozinho, solo, automaticamente | 自动化, 自动, 机器人, 低代码, 自動, 自動化, ロボット, 自動で
tool, software choice, compare vendors, which tool, subscription overlap, alternatives | werkzeug*, vergleich*, tarif*, herramienta*, compar*, ferramenta*, qual usar | 工具, 选型, 对比, 软件选择, ツール, 比較, 選び, 導入検討
evidence, proof, screenshot, show me, prove, photo of the result | beweis*, nachweis*, bildschirmfoto*, prueba visual, captura*, prova*, evidencia*, print da tela | 证据, 截图, 证明, 証拠, スクリーンショット, 証明, エビデンス
really done, ready, claim, trust, production ready, believe, sceptical, go no-go | fertig*, bereit, glaub*, wirklich, listo, lista para, de verdad, pronto, acredit*, de verdade | 真的完成, 准备好, 可以上线吗, 可信, 本当に, 準備, 完了, 信じ
test results, failed builds, trend of failures, pass rate, test report | testergebnis*, resultados de pruebas, resultados dos testes, taxa de falha | 测试结果, 通过率, 失败率, テスト結果, 合格率, 失敗率
bug reports, triage, severity, reproduction steps, duplicates, incoming issues | fehlerbericht*, schweregrad*, informes de errores, relatos de bugs, gravedad | 缺陷报告, 分级, 严重程度, 不具合報告, 優先度付け, 重大度, トリアージ
agent, bot, ai agent, assistant agents, swarm, sub-agent, fleet | agent*, agente*, bot, bots | 智能体, 代理, 机器人, エージェント, ボット
orchestrate, delegate, coordinate agents, split among agents, hand over, dispatch | koordinier*, verteil*, delegier*, coordina*, reparti*, delega*, coorden* | 编排, 调度, 分工, 委派, オーケストレーション, 割り振り, 分担, 調整
agent identity, trust between agents, delegation proof, which bot may, agent credentials | vertrauen zwischen, confianza entre agentes, confianca entre agentes | 智能体身份, 信任, 委托凭证, エージェント認証, 信頼
mcp, model context protocol, tool server, expose tools to the model |  | mcp服务, ツールサーバー
entity resolution, same person, match records, merge identities, dedupe people | dublett*, dieselbe person, misma persona, mesma pessoa, unificar registros | 实体识别, 同一个人, 合并记录, 名寄せ, 同一人物, 統合
inbox, email, mail, attachments, threads, mailbox, calendar, triage my mail | posteingang*, postfach*, e mail*, mail*, anhang*, correo*, bandeja, adjunto*, caixa de entrada, anexo*, agenda, kalender* | 邮件, 收件箱, 邮箱, 附件, 日程, 日历, メール, 受信, 受信箱, 添付, 予定, カレンダー
notes, knowledge base, zettelkasten, second brain, ideas, link notes, obsidian | notiz*, wissen*, zettelkast*, notas, apuntes, conocimiento*, anotac*, conhecimento*, ideias | 笔记, 知识库, 卡片, 想法, ノート, メモ, 知識, アイデア, 知見
history, century, medieval, ancient, period, historical, source from the time | jahrhundert*, mittelalter*, historisch*, siglo*, medieval*, histor*, epoca, seculo*, idade media | 历史, 世纪, 中世纪, 朝代, 年代, 歴史, 世紀, 中世, 時代, 史実
society, ritual, kinship, tribe, marriage, belief, burial, people's customs | gesellschaft*, stamm*, heirat*, glaube*, sociedad*, ritual*, matrimonio*, tribu, sociedade*, casamento*, crenc* | 社会, 部落, 婚姻, 仪式, 信仰, 部族, 結婚, 儀式
climate, river, mountain, map of the world, continent, coast, desert, terrain of a world | klima*, fluss, gebirge*, berg*, kuste*, wuste*, clima*, rio, rios, montan*, costa, desierto*, deserto* | 气候, 河流, 山脉, 大陆, 沙漠, 地理, 気候, 川, 山, 大陸, 砂漠
psychology, behaviour, mind, anxiety, personality, motive, trauma, mental | psych*, verhalten*, angst*, personlichkeit*, psicolog*, comportam*, conducta*, ansied*, personalidad* | 心理, 行为, 焦虑, 性格, 动机, 行動, 不安, 動機, 心
government, public sector, ministry, city, authority, tender by the state, citizen | behord*, offentlich*, stadt, verwaltung*, gobierno*, ayuntamiento*, sector publico, governo*, prefeitura*, setor publico | 政府, 政务, 招投标, 公共部门, 政企, 自治体, 官公庁, 行政, 公共, 役所
website, cms, wordpress, drupal, landing page, editor of the site, theme | internetseite*, webauftritt*, sitio web, sitio, sitios, site, sites | 网站, 站点, 建站, 官网, サイト, ウェブサイト, ホームページ
laravel, php, symfony, livewire, filament
python, django, flask, pip, pandas, fastapi |  | パイソン
javascript, node, bun, npm, express, typescript |  | ジャバスクリプト
java, kotlin, jvm, spring, gradle, maven
ruby, rails, sidekiq, gem
dotnet, csharp, asp, entity framework, visual studio
golang, goroutine |  | 协程, ゴルーチン
rust, cargo, borrow checker, tokio, lifetime |  | 所有权, 借用
cpp, c++, pointer, cmake, undefined behaviour, header file |  | 指针, ポインタ
elixir, phoenix, genserver, otp, erlang
bash, shell script, awk, sed, cron, posix | skript* | shell脚本, シェルスクリプト
nextjs, app router, server component, hydration
feishu, lark, dingtalk, group bot |  | 飞书, 钉钉, 群机器人
write, draft, compose, wording, text, formulate | schreib*, verfass*, entwurf*, formulier*, escrib*, redact*, escrev*, redig*, texto* | 写, 起草, 撰写, 文字, 写一, 書く, 書いて, 文章, 作成, 下書き
create, build, develop, implement, make new, set up, code up | erstell*, bau, baue, bauen, entwick*, umsetz*, einricht*, crea*, constru*, desarroll*, implement*, montar, configur*, cria*, desenvolv* | 开发, 创建, 搭建, 实现, 做一个, 配置, 開発, 作成, 実装, 作って, 作る, 構築, 設定
delete, remove, erase, wipe, drop, get rid of | losch*, entfern*, borr*, elimin*, quitar, apag*, exclu*, remov* | 删除, 移除, 清除, 去掉, 削除, 消す, 除去, 消し
change, modify, adjust, replace, edit, alter, update | ander*, anpass*, ersetz*, bearbeit*, cambi*, modific*, ajust*, reemplaz*, mud*, alter*, troc*, substitu* | 修改, 更改, 调整, 替换, 变更, 更新, 変更, 修正, 調整, 置き換え
explain, teach me, understand, make clear, walk me through | erklar*, verstand*, explic*, explique, ensen*, entend* | 解释, 讲解, 说明, 理解, 説明, 教えて, わかりやす
analyse, examine, investigate, study, look into, inspect | analys*, untersuch*, analiz*, analis*, investig*, examin* | 分析, 调查, 研究, 检查, 調査, 調べ, 解析
plan, strategy, prepare, schedule, organise, set out | plan*, planen, strategi*, vorbereit*, organisier*, planific*, estrateg*, prepar*, organiz*, planej* | 计划, 规划, 策略, 方案, 准备, 安排, 計画, 戦略, 準備, 企画, 段取り
increase, grow, raise, boost, more of | steiger*, erhoh*, mehr, aument*, subir, increment*, mais | 提高, 增加, 提升, 涨, 増やす, 増加, 向上, 上げ
reduce, lower, cut, decrease, less, shrink | reduzier*, senk*, weniger, verringer*, reduc*, reduz*, bajar, menos, diminu* | 减少, 降低, 下降, 压缩, 減らす, 減らし, 削減, 下げ, 低下
price, pricing, discount, expensive, cheap, cost per | preis*, rabatt*, gunstig*, precio*, descuent*, barat*, preco*, descont* | 价格, 定价, 折扣, 便宜, 打折, 価格, 値段, 割引, 料金
money, cash, fund, euros, dollars, sum, pay | geld*, euro*, dinero*, dinheiro*, plata, reais, dolar* | 钱, 资金, 款, 元, お金, 資金, 円, 金額
meeting, call, minutes, discussion, appointment | besprech*, sitzung*, meeting*, reunion*, llamada*, reuni*, chamada* | 会议, 开会, 纪要, 会議, 打ち合わせ, 議事録, ミーティング
file, folder, upload, download, attachment, document | datei*, ordner*, hochlad*, herunterlad*, archivo*, fichero*, carpeta*, subir, descarg*, arquivo*, pasta*, baixar | 文件, 上传, 下载, 目录, 附件, ファイル, フォルダ, アップロード, ダウンロード
photo, picture, image, camera, drawing | foto*, bild*, aufnahm*, imagen*, imagem*, imagens, fotograf* | 图片, 照片, 图像, 写真, 画像, 絵
number, count, calculate, calculation, formula, total, sum | zahl, zahle, berechn*, rechn*, anzahl, summe*, calcul*, numero*, cuenta, contar, contagem, soma | 计算, 数字, 统计, 公式, 总数, 計算, 数, 合計, 数式
notification, alert message, warn, remind, beep, ping | benachricht*, hinweis*, meldung*, notific*, aviso*, avis* | 通知, 提醒, 警告, お知らせ
signup, sign up, register, registration, join, new account, create account | registrier*, konto anlegen, registr*, cadastr*, inscri*, darse de alta | 注册, 报名, 开户, 登録, 会員登録, 申し込み, 新規登録
user, people using it, visitor, audience member | nutzer*, benutzer*, anwender*, besucher*, usuari*, visitant* | 用户, 访客, 使用者, ユーザー, 利用者, 訪問者
team, department, organisation, company, firm, business | team*, abteilung*, firma*, unternehm*, equipo*, departament*, empresa*, compani*, equipe*, time | 团队, 公司, 部门, 企业, チーム, 会社, 部署, 企業, 組織
child, kids, school, student, pupil, parents, education | kind*, schul*, schuler*, elter*, nin*, escuela*, alumn*, padres, crianc*, escola*, alun*, pais | 孩子, 学生, 学校, 家长, 子供, 保護者
fraud, fake, scam, cheat, cheater, exploit the game, abuse | betrug*, gefalscht*, schummel*, fraude*, estaf*, tramp*, falso*, golpe, trapac* | 欺诈, 作弊, 诈骗, 外挂, 刷单, 不正, 詐欺, チート, 偽
legal text, terms of service, privacy notice, imprint, cookie banner | nutzungsbeding*, agb, impressum, datenschutzerklar*, aviso legal, terminos y condiciones, politica de privacidad, termos de uso, politica de privacidade | 用户协议, 隐私政策, 免责声明, 利用規約, プライバシーポリシー, クッキー
retention period, keep records, how long may we keep, archive | aufbewahr*, archiv*, conserv*, guardar, arquiv*, guarda de | 保存期限, 保留多久, 归档, 保管, 保存期間, 保存, アーカイブ
health advertising, medical claims, drug promotion, device advertising | heilmittelwerb*, publicidad medica, propaganda medica | 医疗广告, 药品宣传, 医療広告, 薬機法
festival, event, trade show, exhibition, launch event | messe*, veranstalt*, feria*, evento*, feira* | 展会, 活动策划, 大促, 展示会, イベント, 催し
studio, portfolio of projects, resources across projects, production schedule | produktionsplan*, produccion*, producao | 工作室, 制作排期, 资源分配, スタジオ, 制作管理
meeting customers on chat, live chat, call centre, hotline, phone support | hotline*, kundendienst*, kundenservice*, atencion al cliente, atendimento*, suporte*, soporte* | 在线客服, 热线, 客户服务, コールセンター, カスタマーサポート, 窓口
territory, region report, consolidate sheets, merge spreadsheets | zusammenfuhr*, gebiet*, consolida*, juntar planilhas, unificar hojas | 汇总表格, 合并表格, 区域, 取りまとめ, 集約, 統合
send reports, distribution list, scheduled mail, every morning report | versende*, verteiler*, enviar informes, distribuir, enviar relatorios | 定时发送, 分发, 报表推送, 配信, 定期送付, 一斉送信
extract from files, scrape, excel import, watch folder, parse sales files | auslesen, extrahier*, extraer, extrai* | 提取, 抽取, 抓取, 解析表格, 抽出, 読み取り, 取り出し
`
