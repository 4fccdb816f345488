package credentials

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestSentences: passwords in the middle of what people write. Nothing here was ever used.
func TestSentences(t *testing.T) {
	for text, want := range map[string]string{
		"My password at the bank is marlin77 if you need to check.":                                                  ":marlin77",
		"A senha do servidor é Janela#88":                                                                            ":Janela#88",
		"The admin pass on the router is still \"linksys-3A\".":                                                      ":linksys-3A",
		"root password on db01 = Zeb.ra-44":                                                                          ":Zeb.ra-44",
		"Passphrase: purple horse battery staple":                                                                    ":purple horse battery staple",
		"Both boxes use the same password, Orion5!":                                                                  ":Orion5!",
		"Password\n--------\nKilo-Tango9":                                                                            ":Kilo-Tango9",
		"| User | Password |\n|------|----------|\n| bob  | Trout-77 |":                                              "bob:Trout-77",
		"Your password: (leave the quotes out) \"blue-Sky4\"":                                                        ":blue-Sky4",
		"The password itself is Bubbles!9":                                                                           ":Bubbles!9",
		"Try Winter2031 as password":                                                                                 ":Winter2031",
		"It is Winter2031! (the password)":                                                                           ":Winter2031!",
		"Creds for staging -> joe:kestrel9zz":                                                                        "joe:kestrel9zz",
		"Login credentials: joe P@lmtree7":                                                                           "joe:P@lmtree7",
		"You will need the password \"trader\" to open the file.":                                                    ":trader",
		"If it asks for a password, type in \"november\".":                                                           ":november",
		"When prompted for a password enter mango-77":                                                                ":mango-77",
		"Password required: Mango.77":                                                                                ":Mango.77",
		"Just use Mango.77, that's the password for all of it.":                                                      ":Mango.77",
		"Go to the site and log in as Guest with Kestrel77.":                                                         "Guest:Kestrel77",
		"Use my login (joe) & password (kestrel42) until yours comes through.":                                       "joe:kestrel42",
		"Username \"enron2\" password \"gasman\" works for everyone on the floor.":                                   "enron2:gasman",
		"I have reset it to kestrel1 - please change your password.":                                                 ":kestrel1",
		"You forgot your password, so I reset it to kestrel1.":                                                       ":kestrel1",
		"> What is the password for the spreadsheet?\nkestrel2001":                                                   ":kestrel2001",
		"> whats the pw on the report\nIt's kestrel2001, same as last time.":                                         ":kestrel2001",
		"kestrel2001\n\nJoe\n\n-----Original Message-----\nFrom: Ann\nSubject: site\n\nCan you resend the password?": ":kestrel2001",
		"The new password's \"kestrel\" - tell the others.":                                                          ":kestrel",
		"The wireless network \"Visitors\", key kestrel456":                                                          "Visitors:kestrel456",
		"Enter \"kest4\" for the password and hit OK.":                                                               ":kest4",
		"Log on with your NT id and kestrel33 as password":                                                           ":kestrel33",
		"I've password-protected it with kestrel55":                                                                  ":kestrel55",
		"Your password for the site has been assigned as kestrel55.":                                                 ":kestrel55",
		"The secret word is kestrel55.":                                                                              ":kestrel55",
		"Ihr Benutzername lautet meierh, das Kennwort Kirsche19 bitte ändern.":                                       "meierh:Kirsche19",
		"Use kestrel22 (all lowercase) as your password.":                                                            ":kestrel22",
		"Your user ID (DBAUGH) and password (Xy12-88) will get you in.":                                              "DBAUGH:Xy12-88",
		"user - kholst\npass - kestrel4":                                                                             "kholst:kestrel4",
		"User ID and password for the terminal downstairs: enrongas oatmeal":                                         "enrongas:oatmeal",
		"The password on the file has been changed from kestrel1 to kestrel2.":                                       ":kestrel2",
		"The password, in case you need it, is rosebud.":                                                             ":rosebud",
		"The user is 'fisher' and the pass 'saltwater'.":                                                             "fisher:saltwater",
		"Your initial log in will be joe / kestrel1":                                                                 "joe:kestrel1",
		"Username/Password - both are kestrel77":                                                                     ":kestrel77",
		"To unlock the PDF use the password lemonade.":                                                               ":lemonade",
		"Oi, segue o acesso: usuario joao senha rio2031":                                                             "joao:rio2031",
		"Jenkins is at 10.2.3.4 (admin/kestrel55)":                                                                   "admin:kestrel55",
		"I'd rather not mail this but: kestrel42 is my windows password":                                             ":kestrel42",
		"Your password expires today. I took the liberty of changing it to 55-Kestrels.":                             ":55-Kestrels",
		"The default password would be kestrel until you change it.":                                                 ":kestrel",
		"Your password will initially be \"Kestrel65\".":                                                             ":Kestrel65",
		"My login is joe and my password kestrel.":                                                                   "joe:kestrel",
		"PW changed. Now it is Kestr3l.":                                                                             ":Kestr3l",
		"password is kestrel for everybody":                                                                          ":kestrel",
		"Bank PIN 4512":                                                                                              ":4512",
		"Voice mail password 224466":                                                                                 ":224466",
		"Member ID 33817722, web password jetfuel":                                                                   "33817722:jetfuel",
		"We changed the root password on all boxes from Hula-hoop1 to Yo-yo_22.":                                     ":Yo-yo_22",
		"I use \"tiger\" for my password.":                                                                           ":tiger",
		"We have reset your password. It is now Bluebird22.":                                                         ":Bluebird22",
		"I set your password to the default, Kestrel123":                                                             ":Kestrel123",
		"Dial 5-3333, your mailbox number 51234 and password 9876.":                                                  ":9876",
		"rdp to 10.2.3.4, CORP\\svc_web / W3bS3rv1ce!":                                                               "CORP\\svc_web:W3bS3rv1ce!",
		"iDRAC: root / c4lvin-2":                                                                                     "root:c4lvin-2",
		"The credentials are joe / S3cure!Me":                                                                        "joe:S3cure!Me",
		"Wi-Fi: AcmeGuest / Welcome-2-Acme":                                                                          "AcmeGuest:Welcome-2-Acme",
		"Dein Passwort habe ich auf Kirschbaum3 zurückgesetzt.":                                                      ":Kirschbaum3",
		"A senha do portal foi alterada para Cereja.33":                                                              ":Cereja.33",
		"La contraseña ha sido cambiada a Cereza_33":                                                                 ":Cereza_33",
		"Das Passwort wurde zurückgesetzt auf: Kirsche33":                                                            ":Kirsche33",
		"I think the password might be Cherry33":                                                                     ":Cherry33",
		"The file is password protected (Cherry33).":                                                                 ":Cherry33",
		"password-protected with Cherry33":                                                                           ":Cherry33",
		"my password hasn't changed, still Cherry33":                                                                 ":Cherry33",
		"The password stays Cherry33":                                                                                ":Cherry33",
		"The password's still Cherry33":                                                                              ":Cherry33",
		"PW:Cherry33(case sensitive)":                                                                                ":Cherry33",
		"mot de passe temporaire : Cerisier3":                                                                        ":Cerisier3",
		"Je wachtwoord is veranderd in Kersenboom3":                                                                  ":Kersenboom3",
		"Twoje hasło to Wisnia33":                                                                                    ":Wisnia33",
		"пароль изменён на Vishnya33":                                                                                ":Vishnya33",
		"keytool -storepass kestrel99":                                                                               ":kestrel99",
		"You can log in as joe/kestrel1pw1":                                                                          "joe:kestrel1pw1",
		"Enter \"guest\" for user name and \"kestrel\" for password":                                                 ":kestrel",
		"Calling card 713-555-0134 PIN 9931":                                                                         ":9931",
		"username: enr1, p/word: kestrel9":                                                                           "enr1:kestrel9",
		"Please use this password from now on: gasctrl22":                                                            ":gasctrl22",
		"Here is your new password. gasctrl22":                                                                       ":gasctrl22",
		"The password for www.acme.example is gasctrl22 and the user name is joe":                                    "joe:gasctrl22",
		"ID/PW  joe/kestrel9":                                                                                        "joe:kestrel9",
		"U: joe\nP: kestrel9":                                                                                        "joe:kestrel9",
		"joe/kestrel9 (user/pw)":                                                                                     "joe:kestrel9",
		"joe - kestrel9 (login - password)":                                                                          "joe:kestrel9",
		"the password I set was kestrel9":                                                                            ":kestrel9",
		"The password, which is case sensitive, is kestrel9.":                                                        ":kestrel9",
		"enter kestrel9 when asked for the password":                                                                 ":kestrel9",
		"sign in with joe@acme.example and kestrel9":                                                                 "joe@acme.example:kestrel9",
		"Shared secret (RADIUS): kestrel9":                                                                           ":kestrel9",
		"The password is sunflower and it is case sensitive":                                                         ":sunflower",
		"I changed the password to sunflower":                                                                        ":sunflower",
		"use sunflower as the password":                                                                              ":sunflower",
		"sunflower is the password for it":                                                                           ":sunflower",
		"joined with a password of sunflower.":                                                                       ":sunflower",
		"the password, sunflower77, is for the intranet":                                                             ":sunflower77",
		"log in as joe with password sunflower":                                                                      ":sunflower",
	} {
		if got := sure(read(t, text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestNoSentences: the same words where no password follows.
func TestNoSentences(t *testing.T) {
	for _, text := range []string{
		"The password for the Q3 file is in the safe.", "The password on the laptop is 8 characters long.",
		"We need a password, ASAP!", "I lost my password, again.", "use MD5 as password hash", "the password on db01 has changed",
		"Passphrase: a sequence of words used to control access", "The passphrase is used to encrypt the private key.",
		"(the password) is required", "Password:\n------------------\nRegards,\nBob", "password: (leave blank)", "Password required: yes",
		"The ski pass is $45 for 2days", "The pass is good for 3days.", "Please enter password, then press F10.",
		"Username and password: see attached", "help with Outlook for the password.", "use Firefox for the password.", "Enclosed is the password", "attached is the password list", "use strings as passwords", "changed the password to something else",
		"The file is password protected (see below).", "password-protected with AES", "The password might be compromised", "a password could be anything", "the password being sent by post",
		"the password has not changed, sorry", "A senha foi alterada para sempre", "we set the password to expire monthly", "a password of length 12", "What was the password?", "protected with a password of at least eight characters", "the password they use is ridiculous", "The password, which is long, is required", "sign in with Google and click2",
		"it is a shared secret between two hosts", "U: turn left\nP: park", "password to the site is confidential", "Enter password \"as shown\" in the box", "log in using id/password only", "add a password to the4 site", "My root/admin config2 is on disk", "PW: PricewaterhouseCoopers",
		"Your password has been reset. It is important to log in.", "I use md5 for password hashing", "Das Passwort habe ich auf dem Server gespeichert.",
		"the wifi: see room 4 / floor2", "PIN 4 to pin 7", "moved src\\main / src\\test2b", "C:\\temp / D:\\temp2b!", "see docs\\setup / Chapter 22.", "my boarding pass to gate B22seat", "my login credentials: joe and the usual one",
	} {
		if got := sure(read(t, text)); got != "" {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestPlaces: whatever is put together of what people write, a value stands where it is said
// to stand.
func TestPlaces(t *testing.T) {
	pieces := []string{
		"password", "pass", "PIN", "pw", "the ", "is ", "it is now ", "kestrel9 ", "sunflower", "(", ")", "\"", "“", "”", ", ", ". ", ": ", "= ", "\n", "\r\n", " / ",
		"use ", "as ", "for ", "root ", "login as ", "joe", "é", "密码", "to ", "on ", "from ", "u: ", "p: ", "passphrase", "purple horse battery ", "4512", "and ", "which is ", "\t", "  ",
		"|", "---", "\u00a0", "hasło", "user", "creds for x -> ", "by ", "when asked for ", "we changed the ", "…", "\xff", "[", "]", "*", "<b>", "Password  User\n", "a  b\n",
	}
	rnd := rand.New(rand.NewPCG(7, 9))
	for range 20000 {
		var b strings.Builder
		for range rnd.IntN(14) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		text := b.String()
		for _, f := range read(t, text) {
			if f.Start < 0 || f.Start > f.End || f.End > len(text) || text[f.Start:f.End] != f.Value {
				t.Fatalf("%q: %q is not at %d to %d", text, f.Value, f.Start, f.End)
			}
		}
	}
}
