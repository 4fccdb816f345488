package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

// passwordWords are what people call a password, each an expression for the words
// between two characters that are no letters or digits.
var passwordWords = []string{
	`(?:user|admin|root|db|sa|wifi|ftp|vpn|e?mail|smtp|login|web|master|key)?pass[ _-]?(?:word|wd|wrd|phrase)s?`, `(?:store|key)pass`, `p/word`, `(?:radius[ -])?shared[ -]secret`, `pass[ _-]?codes?`, `pass-?key`, `psw`, `pas?swor?d`, `pasword`, `passwrod`, `passowrd`, `pssword`, `psswd`, `paswd`, `paswrd`, `passwrd`, `psword`,
	`(?:wpa[23]?|wi-?fi|wlan|wireless|network(?: security)?|pre-?shared)[ -](?:key|code)`, `psk`, `(?:netzwerk|wlan-?)schlüssel`, `clé wi-?fi`, `passw`, `pword`, `pswd`, `pswrd`, `psswrd`, `pwds?`, `p/?ws?`, `pass`,
	`(?:secret|magic)[ -]word`, `pin(?:[ -]?(?:code|number|no|nr|nummer))?`,
	`(?:` + compound + `)?pass?w[oö]e?rt(?:e|er|es|s)?`, `(?:` + compound + `)?passwörter`, `(?:` + compound + `)?kennw[oö]rt(?:e|er|es|s)?`, `losungswort`, `zugangscode`,
	`mots? de passe`, `mdp`, `code d['’]acc[eè]s`, `code secret`,
	`contrase[nñ]as?`, `clave(?: de acceso)?`, `senhas?`, `palavras?[ -]passe`, `parola(?: d['’]ordine)?`,
	`wachtwoord(?:en)?`, `toegangscode`, `has[lł][oa]`, `l[oö]senord(?:et)?`, `adgangskode`, `kodeord`, `passord(?:et)?`, `salasana(?:si)?`,
	`jelsz[oó]`, `heslo`, `geslo`, `lozinka`, `[sş]ifre(?:niz)?`, `parool`, `slapta[zž]odis`, `m[aậ]t kh[aẩ]u`, `kata sandi`,
}

// compound is what German puts in front of a password without a space.
const compound = `(?:initial|start|erst|einmal|standard|admin|benutzer|zugangs|haupt|master|datenbank|wlan|root|windows|domänen|mail|anmelde)-?`

// listWords announce accounts with their passwords, in a list without words for either.
var listWords = []string{
	`credentials`, `creds`, `log-?ins?(?: (?:details?|info(?:rmation)?|data))?`, `log[ -]?(?:in|on) (?:details?|info(?:rmation)?|data)`, `access (?:details|data|info(?:rmation)?)`,
	`zugangsdaten`, `anmeldedaten`, `zugänge`, `identifiants`, `accès`, `credenciales`, `accesos`, `credenziali`, `credenciais`, `inloggegevens`, `dane logowania`, `inloggningsuppgifter`,
}

// beyondASCII are those that are written without spaces round them, or in letters for
// which that makes no difference.
var beyondASCII = []string{
	`пароль|пароля|паролем`, `κωδικ(?:ός|ό)(?: πρόσβασης)?`, `סיסמ[הא]`, `كلمة (?:المرور|السر)`, `رمز عبور`,
	`密[码碼]`, `口令`, `パスワード`, `暗証番号`, `비밀번호`, `패스워드`, `비번`, `รหัสผ่าน`, `पासवर्ड`,
}

// accountWords are what people call that which a password opens.
var accountWords = []string{
	`user[ _-]?(?:name|id|nm)?s?`, `log[ -]?(?:in|on)[ _-]?(?:name|id|number)?s?`, `uids?`, `ids?`, `usr`, `un`, `account(?:[ _-]?(?:name|id|number|no))?`, `acct`,
	`e-?mail(?:[ _-]?(?:address|id))?`, `member(?:ship)?[ _-]?(?:id|number|no|name)`, `customer[ _-]?(?:id|number|no)`, `client[ _-]?(?:id|number)`,
	`student[ _-]?(?:id|number)`, `employee[ _-]?(?:id|number)`, `screen[ _-]?name`, `nick(?:name)?`, `access[ _-]?id`, `registration[ _-]?(?:email|id|number)`, `sign[ -]?in(?:[ _-]?name)?`,
	`benutzer(?:name|kennung|id)?`, `nutzername`, `anmeldename`, `kennung`, `kundennummer`, `identifiants?`, `utilisateur`, `nom d['’]utilisateur`, `compte`,
	`usuarios?`, `nombre de usuario`, `cuenta`, `usu[aá]rio`, `conta`, `nome utente`, `utente`, `gebruikers?(?:naam)?`, `inlognaam`, `u[zż]ytkownik(?:a)?`, `nazwa u[zż]ytkownika`,
	`anv[aä]ndar(?:namn|e)`, `brugernavn`, `brukernavn`, `k[aä]ytt[aä]j[aä](?:tunnus|nimi)`, `felhaszn[aá]l[oó](?:n[eé]v)?`, `u[zž]ivatel(?:sk[eé] jm[eé]no)?`, `kullan[iı]c[iı](?: ad[iı])?`,
	`логин`, `имя пользователя`, `用户名?`, `用戶名?`, `[帐账帳][号號户戶]`, `ユーザー?(?:名|ID|id)`, `アカウント`, `ログインID`, `아이디`, `사용자(?: ?이름)?`,
}

// label finds the words for a password, its first or second group. It takes the
// character before and behind with it, so that the word inside "shopping" is not even
// looked at.
var label = lazydfa.MustCompile(`(?i)(?:^|[^\pL\pN])(` + strings.Join(passwordWords, "|") + `)(?:[^\pL\pN]|$)|(` + strings.Join(beyondASCII, "|") + `)`)

// inline finds an account and its password right behind what announces them, or an account
// that is one by its name: the first and second group, the third and fourth, or the next two.
var inline = lazydfa.MustCompile(`(?i)(?:^|[^\pL\pN])(?:(?:(?:u/p|creds|credentials)(?:[ \t]+(?:for|to|on|of)[ \t][^\n:/|]{1,40}?)?(?:[ \t]+(?:is|are))?[ \t]*(?:[:=-]|->|=>)?|(?:` + strings.Join(listWords, "|") + `)(?:[ \t]*[:=-]|[ \t]+(?:is|are))|(?:wi-?fi|wlan|ssid)[ \t]*[:=])[ \t]+([^\s/:|]{2,40})(?:[ \t]?[/:|][ \t]?|[ \t]+)([^\s/][^\s]{4,63})|(root|admin(?:istrator)?|sa|[a-z][a-z0-9-]{1,14}\\[a-z][\w.-]{1,19})[ \t]/[ \t]([^\s/][^\s]{4,63})|\((root|admin(?:istrator)?|sa|guest|user|test)[ \t]?/[ \t]?([^\s/()]{5,63})\)|log(?:ging)?[ -]?[io]n(?:[ \t]+(?:as|with|using|is|will be))?[ \t]+([^\s/:|]{2,40})[ \t]?/[ \t]?([^\s/][^\s]{4,63})|(?:sign|log)[ -]?[io]n(?:to)?[ \t](?:[^\n.:;]{0,40}[ \t])?as[ \t]+([^\s/:|,]{2,40})[ \t]+(?:with|and|using)[ \t]+([^\s/][^\s]{4,63})|(?:wireless|wi-?fi|wlan)(?:[ \t]+network)?[ \t]+["“]?([^\s"”:,]{2,32})["”]?[,;]?[ \t]+(?:and[ \t]+)?(?:key|code)[ \t]*[:=]?[ \t]*([^\s/][^\s]{4,63})|(?:sign|log)[ -]?[io]n[ \t]+(?:with|using)[ \t]+([^\s/:|]{1,40}[@.\d][^\s/:|]{0,40})[ \t]+and[ \t]+([^\s/][^\s]{4,63})|(?:u:|u=)[ \t]*([^\s/:|,;]{2,40})[,;]?(?:[ \t]+|[ \t]*\r?\n[ \t>]*)(?:p:|p=)[ \t]*([^\s/][^\s]{4,63}))`)

// manyPasswords announce passwords, in a list of what they open.
var manyPasswords = []string{
	`passwords`, `pass(?:words?)?[ -]list`, `passwörter`, `kennwörter`, `mots de passe`, `contrase[nñ]as`, `senhas`, `wachtwoorden`, `hasła`,
}

// announced finds a line that ends with what announces accounts or passwords, and a colon.
var announced = lazydfa.MustCompile(`(?i)(?:^|[^\pL\pN])(?:` + strings.Join(listWords, "|") + `|` + strings.Join(manyPasswords, "|") + `)(?:[^\pL\pN\n][^\n.!?]{0,60})?:[ \t\r]*\n`)

// account finds the words for an account, its first group.
var account = lazydfa.MustCompile(`(?i)(?:^|[^\pL\pN_])(` + strings.Join(accountWords, "|") + `)(?:[^\pL\pN]|$)`)

// holdsLabel and holdsAccount tell whether one of them is in a short text.
var (
	holdsLabel   = label
	holdsAccount = account
)
