package simulator

// language is what mail of one language is made of. Names are "shown|ascii".
type language struct {
	code          string
	given, family []string
	familyFirst   bool
	folders       map[string]string // well-known name to display name; nil is English
	projects      [4]string         // folders that people make: two at the top, two within
	topics        []string
	sentences     []string
	greeting      string // before a name
	closing       string
	reply         string // prefix of subjects
	wrote         string // line before a quote: sender, date
}

// languages are those of the made tenants.
var languages = [...]language{
	{code: "en", given: []string{"Olivia|olivia", "Grace|grace", "Samuel|samuel", "Priya|priya", "Daniel|daniel", "Chloe|chloe", "Kwame|kwame", "Zoë|zoe"},
		family:   []string{"Harper|harper", "O'Neill|oneill", "Whitfield|whitfield", "Nair|nair", "Mensah|mensah", "Doyle|doyle", "Fletcher|fletcher", "Abbott|abbott"},
		projects: [4]string{"Projects", "Customers", "Harbour migration", "Invoices 2025"},
		topics:   []string{"Access to the staging environment", "Quarterly figures", "Deployment on Thursday", "Question about the invoice", "New starters in May", "Notes from the review", "Firewall change", "Travel to the fair"},
		sentences: []string{"Please have a look at the attached overview before our call tomorrow.", "The new release went live last night without any trouble.", "I have asked the supplier for a second offer and expect an answer this week.",
			"Could you check whether the numbers for March are complete?", "We moved the meeting to the large room on the third floor.", "The customer would like to know when the delivery can be expected.",
			"Let me know if anything is missing, I am in the office until five.", "As discussed, the maintenance window starts at ten and takes about two hours.", "Thanks for the quick help with the printer, it works again."},
		greeting: "Hi", closing: "Best regards", reply: "Re: ", wrote: "On %[2]s, %[1]s wrote:"},
	{code: "de", given: []string{"Jürgen|juergen", "Anneliese|anneliese", "Björn|bjoern", "Käthe|kaethe", "Matthias|matthias", "Sabine|sabine", "Emre|emre", "Lena|lena"},
		family: []string{"Müller|mueller", "Groß|gross", "Schäfer|schaefer", "Yıldız|yildiz", "Hoffmann|hoffmann", "Krämer|kraemer", "Vogel|vogel", "von Lüttwitz|vonluettwitz"},
		folders: map[string]string{"inbox": "Posteingang", "sentitems": "Gesendete Elemente", "deleteditems": "Gelöschte Elemente", "drafts": "Entwürfe", "junkemail": "Junk-E-Mail",
			"archive": "Archiv", "outbox": "Postausgang", "conversationhistory": "Verlauf der Unterhaltung"},
		projects: [4]string{"Projekte", "Kunden", "Umzug Rechenzentrum", "Rechnungen 2025"},
		topics:   []string{"Zugang zum Testsystem", "Zahlen für das Quartal", "Übergabe am Freitag", "Rückfrage zur Rechnung", "Prüfung der Verträge", "Protokoll der Besprechung", "Änderung an der Firewall", "Urlaubsplanung"},
		sentences: []string{"Bitte schauen Sie sich die Übersicht vor unserem Gespräch morgen an.", "Die neue Fassung läuft seit gestern Abend ohne Störung.", "Ich habe beim Lieferanten ein zweites Angebot angefragt.",
			"Könnten Sie prüfen, ob die Zahlen für März vollständig sind?", "Wir haben die Besprechung in den großen Raum im dritten Stock verlegt.", "Der Kunde möchte wissen, wann er mit der Lieferung rechnen kann.",
			"Wie besprochen beginnt das Wartungsfenster um zehn und dauert etwa zwei Stunden.", "Vielen Dank für die schnelle Hilfe mit dem Drucker, er geht wieder."},
		greeting: "Hallo", closing: "Mit freundlichen Grüßen", reply: "AW: ", wrote: "Am %[2]s schrieb %[1]s:"},
	{code: "fr", given: []string{"Élodie|elodie", "François|francois", "Hélène|helene", "Mathieu|mathieu", "Noémie|noemie", "Yacine|yacine", "Gaëlle|gaelle", "Rémi|remi"},
		family: []string{"Lefèvre|lefevre", "Dubois|dubois", "Benali|benali", "Garnier|garnier", "Le Goff|legoff", "Château|chateau", "Roussel|roussel", "D'Amico|damico"},
		folders: map[string]string{"inbox": "Boîte de réception", "sentitems": "Éléments envoyés", "deleteditems": "Éléments supprimés", "drafts": "Brouillons", "junkemail": "Courrier indésirable",
			"archive": "Archiver", "outbox": "Boîte d'envoi"},
		projects: [4]string{"Projets", "Clients", "Déménagement", "Factures 2025"},
		topics:   []string{"Accès à l'environnement de recette", "Chiffres du trimestre", "Mise en production jeudi", "Question sur la facture", "Compte rendu de la réunion", "Congés d'été", "Modification du pare-feu"},
		sentences: []string{"Merci de regarder le tableau avant notre appel de demain.", "La nouvelle version tourne depuis hier soir sans incident.", "J'ai demandé une deuxième offre au fournisseur et j'attends sa réponse.",
			"Pourriez-vous vérifier que les chiffres de mars sont complets ?", "La réunion est déplacée dans la grande salle du troisième étage.", "Le client souhaite savoir quand la livraison est prévue.",
			"Comme convenu, la maintenance commence à dix heures et dure environ deux heures.", "Dites-moi s'il manque quelque chose, je suis au bureau jusqu'à dix-sept heures."},
		greeting: "Bonjour", closing: "Bien cordialement", reply: "RE: ", wrote: "Le %[2]s, %[1]s a écrit :"},
	{code: "es", given: []string{"José|jose", "María|maria", "Íñigo|inigo", "Begoña|begona", "Álvaro|alvaro", "Lucía|lucia", "Nahuel|nahuel", "Inés|ines"},
		family: []string{"García|garcia", "Muñoz|munoz", "Fernández|fernandez", "Ibáñez|ibanez", "Quiroga|quiroga", "Núñez|nunez", "Peña|pena", "Etxeberria|etxeberria"},
		folders: map[string]string{"inbox": "Bandeja de entrada", "sentitems": "Elementos enviados", "deleteditems": "Elementos eliminados", "drafts": "Borradores", "junkemail": "Correo no deseado",
			"archive": "Archivo", "outbox": "Bandeja de salida"},
		projects: [4]string{"Proyectos", "Clientes", "Traslado del almacén", "Facturas 2025"},
		topics:   []string{"Acceso al entorno de pruebas", "Cifras del trimestre", "Despliegue del jueves", "Duda sobre la factura", "Acta de la reunión", "Cambio en el cortafuegos", "Vacaciones de verano"},
		sentences: []string{"Échale un vistazo al resumen antes de nuestra llamada de mañana.", "La nueva versión funciona desde anoche sin problemas.", "He pedido una segunda oferta al proveedor y espero respuesta esta semana.",
			"¿Puedes comprobar si los números de marzo están completos?", "Hemos pasado la reunión a la sala grande de la tercera planta.", "El cliente quiere saber cuándo llegará la entrega.",
			"Según lo acordado, el mantenimiento empieza a las diez y dura unas dos horas.", "Avísame si falta algo, estoy en la oficina hasta las cinco."},
		greeting: "Hola", closing: "Un saludo", reply: "RE: ", wrote: "El %[2]s, %[1]s escribió:"},
	{code: "ja", given: []string{"花子|hanako", "健太|kenta", "美咲|misaki", "大輔|daisuke", "陽菜|hina", "翔|sho"}, familyFirst: true,
		family: []string{"佐藤|sato", "鈴木|suzuki", "高橋|takahashi", "渡辺|watanabe", "小林|kobayashi", "斎藤|saito"},
		folders: map[string]string{"inbox": "受信トレイ", "sentitems": "送信済みアイテム", "deleteditems": "削除済みアイテム", "drafts": "下書き", "junkemail": "迷惑メール",
			"archive": "アーカイブ", "outbox": "送信トレイ"},
		projects: [4]string{"プロジェクト", "顧客", "移行作業", "請求書2025"},
		topics:   []string{"検証環境へのアクセスについて", "四半期の数字", "木曜日のリリース", "請求書に関するお問い合わせ", "会議の議事録", "ファイアウォールの変更"},
		sentences: []string{"明日の打ち合わせの前に、添付の資料をご確認ください。", "新しいバージョンは昨夜から問題なく稼働しています。", "仕入先に二つ目の見積もりを依頼しました。", "三月の数字が揃っているかご確認いただけますか。",
			"会議は三階の大会議室に変更になりました。", "お客様が納期を知りたいとのことです。", "メンテナンスは十時に始まり、約二時間かかります。", "不足がございましたらお知らせください。"},
		greeting: "お世話になっております。", closing: "よろしくお願いいたします", reply: "RE: ", wrote: "%[2]s %[1]s さんのメッセージ:"},
	{code: "pl", given: []string{"Łukasz|lukasz", "Małgorzata|malgorzata", "Michał|michal", "Zofia|zofia", "Grażyna|grazyna", "Paweł|pawel"},
		family: []string{"Wójcik|wojcik", "Kowalska|kowalska", "Żak|zak", "Dąbrowski|dabrowski", "Szymańska|szymanska", "Jabłoński|jablonski"},
		folders: map[string]string{"inbox": "Skrzynka odbiorcza", "sentitems": "Elementy wysłane", "deleteditems": "Elementy usunięte", "drafts": "Wersje robocze", "junkemail": "Wiadomości-śmieci",
			"archive": "Archiwum", "outbox": "Skrzynka nadawcza"},
		projects: [4]string{"Projekty", "Klienci", "Przeprowadzka serwerowni", "Faktury 2025"},
		topics:   []string{"Dostęp do środowiska testowego", "Liczby za kwartał", "Wdrożenie w czwartek", "Pytanie o fakturę", "Notatki ze spotkania", "Zmiana zapory"},
		sentences: []string{"Proszę rzucić okiem na zestawienie przed jutrzejszą rozmową.", "Nowa wersja działa od wczoraj wieczorem bez zakłóceń.", "Poprosiłem dostawcę o drugą ofertę.", "Czy możesz sprawdzić, czy liczby za marzec są pełne?",
			"Przenieśliśmy spotkanie do dużej sali na trzecim piętrze.", "Klient chciałby wiedzieć, kiedy może spodziewać się dostawy.", "Prace konserwacyjne zaczynają się o dziesiątej i potrwają około dwóch godzin."},
		greeting: "Cześć", closing: "Pozdrawiam", reply: "Odp: ", wrote: "W dniu %[2]s %[1]s pisze:"},
	{code: "uk", given: []string{"Оксана|oksana", "Тарас|taras", "Любов|liubov", "Андрій|andrii"},
		family:   []string{"Шевченко|shevchenko", "Коваленко|kovalenko", "Бондаренко|bondarenko", "Лисенко|lysenko"},
		folders:  map[string]string{"inbox": "Вхідні", "sentitems": "Надіслані", "deleteditems": "Видалені", "drafts": "Чернетки", "junkemail": "Небажана пошта", "archive": "Архів"},
		projects: [4]string{"Проєкти", "Клієнти", "Перенесення", "Рахунки 2025"},
		topics:   []string{"Доступ до тестового середовища", "Показники за квартал", "Випуск у четвер", "Питання щодо рахунку"},
		sentences: []string{"Будь ласка, перегляньте огляд до завтрашньої розмови.", "Нова версія працює з учорашнього вечора без збоїв.", "Я попросив постачальника про другу пропозицію.", "Чи можете ви перевірити, чи повні дані за березень?",
			"Зустріч перенесено до великої зали на третьому поверсі.", "Клієнт хоче знати, коли чекати на доставку."},
		greeting: "Вітаю", closing: "З повагою", reply: "Re: ", wrote: "%[2]s %[1]s пише:"},
}

// departments, each with the words of its shared mailbox.
var departments = [...]struct{ name, shared string }{
	{"Engineering", "builds"}, {"Finance", "invoices"}, {"Human Resources", "jobs"}, {"Sales", "sales"},
	{"IT Operations", "helpdesk"}, {"Legal", "contracts"}, {"Marketing", "press"}, {"Facilities", "reception"},
}
