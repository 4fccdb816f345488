package detectors

import (
	"strings"
	"testing"

	"mailsweep/sweeper"
)

// TestOwnRules: what stands in the frame is the secret, and the rest is told of it.
func TestOwnRules(t *testing.T) {
	s := newSet(t)
	for _, c := range []struct{ text, rule, secret, detail, value string }{
		{"redis://cache:Wq7pLm4zRt@cache.corp.test:6379/0", "url-credentials", "Wq7pLm4zRt", "host", "cache.corp.test"},
		{"postgres://app:P@kestrel9!@db.corp.test/prod", "url-credentials", "P@kestrel9!", "host", "db.corp.test"},
		{"SECRET_KEY = 'q7_)wu8z!gk1!_d37#jyr**hgs8&b7rg%cc(#5^#^1d_64!$_'", "jwt-signing-secret", "q7_)wu8z!gk1!_d37#jyr**hgs8&b7rg%cc(#5^#^1d_64!$_", "", ""},
		{"see ftp://joe:t%40pSecret9@files.corp.test/in", "url-credentials", "t@pSecret9", "user", "joe"},
		{"Server=tcp:sql1.corp.test,1433;Initial Catalog=Pay;User ID=payapp;Password=Vx9!kLm2q;Encrypt=True;", "connection-string-password", "Vx9!kLm2q", "database", "Pay"},
		{"Driver={SQL Server};Server=sql2;Uid=rpt;Pwd={zz;Top9};", "connection-string-password", "zz;Top9", "user", "rpt"},
		{"Authorization: Basic am9lOlRyMHViNGRvci05eA==", "basic-authorization", "Tr0ub4dor-9x", "user", "joe"},
		{`net use Z: \\fs1\pay /user:CORP\joe Winter-2031x`, "net-use-password", "Winter-2031x", "user", `CORP\joe`},
		{"machine ftp.corp.test login joe password Winter-2031x", "netrc-password", "Winter-2031x", "host", "ftp.corp.test"},
		{"joe:$apr1$Zq3kP0aB$Qm3vXw8yTr6LpKd2NfHs1/", "crypt-hash", "$apr1$Zq3kP0aB$Qm3vXw8yTr6LpKd2NfHs1/", "user", "joe"},
		{"https://acct9.blob.core.windows.net/c/f.zip?sv=2022-11-02&se=2031-01-01T00:00:00Z&sp=rl&sig=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWo%3D", "azure-shared-access-signature", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWo=", "permissions", "read, list"},
		{"git clone https://x7Kq2mZp9Lw4Rt8Yv3Bn6Hc1:x-oauth-basic@git.corp.test/a.git", "url-credentials", "x7Kq2mZp9Lw4Rt8Yv3Bn6Hc1", "host", "git.corp.test"},
		{"CREATE USER app IDENTIFIED BY 'Winter-2031x'", "sql-password", "Winter-2031x", "", ""},
		{`credentials { username "build" password "Winter-2031x" }`, "gradle-password", "Winter-2031x", "user", "build"},
		{"chartmogul 9f3a71c2b84d5e06a7c1d2e3f4b5a697", "generic-service-key-1", "9f3a71c2b84d5e06a7c1d2e3f4b5a697", "service", "chartmogul"},
		{"deploy --auth-token q8Wz3Lp7Rk2Vn5Xt", "generic-option-secret", "q8Wz3Lp7Rk2Vn5Xt", "", ""},
		{"see https://api.nasa.gov/planetary/apod?api_key=q8Wz3Lp7Rk2Vn5XtB6Ym", "service-link-token", "q8Wz3Lp7Rk2Vn5XtB6Ym", "host", "api.nasa.gov"},
		{"sshpass -p Winter-2031x ssh joe@srv", "sshpass-password", "Winter-2031x", "", ""},
		{`$p = ConvertTo-SecureString "Winter-2031x" -AsPlainText -Force`, "powershell-secure-string", "Winter-2031x", "", ""},
		{`"ConvertTo-SecureString -String -Force dsKw83#gp2s"`, "powershell-secure-string", "dsKw83#gp2s", "", ""},
		{"smtps://joe@mail.test:Vx9kLm2q@smtp.mail.test:465", "url-credentials", "Vx9kLm2q", "user", "joe@mail.test"},
		{"ALTER USER app ACCOUNT UNLOCK IDENTIFIED BY Vx9kLm2q;", "sql-bare-password", "Vx9kLm2q", "user", "app"},
		{"MYSQLPASS: Vx9kLm2q_7tRw", "generic-joined-password", "Vx9kLm2q_7tRw", "", ""},
		{`val password: String = "Vx9kLm2q7tRw" // Scala`, "generic-assigned-password", "Vx9kLm2q7tRw", "", ""},
		{"<id>deploy</id>\n<secret>{AQAAABAAAAAQq8Wz3Lp7Rk2Vn5XtB6YmH9dF4sJ1=}</secret>", "jenkins-credential", "AQAAABAAAAAQq8Wz3Lp7Rk2Vn5XtB6YmH9dF4sJ1=", "", ""},
		{"role_id: 5c1f09e2-7b7e-4d0b-93a5-2f8ad1c0e764, secret_id: 8ed2b1a7-44c0-4f9b-8a6e-90c7d35be112", "vault-approle-secret-id", "8ed2b1a7-44c0-4f9b-8a6e-90c7d35be112", "", ""},
		{"Jira token NDgyOTE1NzMwMjY0OiXJDliBB/o/W6oF3o9CE2LnTbQM", "atlassian-data-center-token", "NDgyOTE1NzMwMjY0OiXJDliBB/o/W6oF3o9CE2LnTbQM", "", ""},
		{`{"typeUrl": "type.googleapis.com/google.crypto.tink.AesGcmKey", "value": "GhB3m9QxTz0WbYk2LpV7RcJs", "keyMaterialType": "SYMMETRIC"}`, "tink-keyset-json", "GhB3m9QxTz0WbYk2LpV7RcJs", "", ""},
		{"My wallet's seed phrase:\n 1. legal  2. winner\n 3. thank 4. year 5. wave 6. sausage 7. worth 8. useful 9. legal 10. winner 11. thank 12. yellow", "wallet-seed",
			"legal winner thank year wave sausage worth useful legal winner thank yellow", "", ""},
		{"Keep these backup codes somewhere safe but accessible.\n\n1. 4821 9035   6. 7714 2260\n2. 3158 6642   7. 9023 4871\n3. 5507 1389\n", "recovery-codes",
			"4821 9035 7714 2260 3158 6642 9023 4871 5507 1389", "", ""},
		{"GitHub recovery codes:\n\n  3f2a1-9bc0d\n  a77e4-012cd\n  9901b-ff3e2\n\nBest, Ann", "recovery-codes", "3f2a1-9bc0d a77e4-012cd 9901b-ff3e2", "", ""},
		{`PASSWORD = os.environ.get("PASSWORD") or "Vx9kLm2q7"`, "generic-assigned-password", "Vx9kLm2q7", "", ""},
		{`$password = getenv('DB_PASSWORD', 'Vx9kLm2q7');`, "generic-assigned-password", "Vx9kLm2q7", "", ""},
		{"GRANT USAGE ON *.* TO `pay`@`%` IDENTIFIED BY PASSWORD '*5F3C0B1E7A94D26880C1F4E35B9A7D6021EC48F9'", "mysql-password-hash",
			"*5F3C0B1E7A94D26880C1F4E35B9A7D6021EC48F9", "user", "pay"},
		{"Authorization: Token token=u-Lwhd7_N2MCy+ZoH-S5", "pagerduty-header-key", "u-Lwhd7_N2MCy+ZoH-S5", "", ""},
		{"npx cypress run --record --key 5c1f09e2-7b7e-4d0b-93a5-2f8ad1c0e764", "cypress-record-key", "5c1f09e2-7b7e-4d0b-93a5-2f8ad1c0e764", "", ""},
		{"wss://eth-mainnet.g.alchemy.com/v2/Qx7dHzB75s1V_9aldcM6XbodqDCKPC2m", "alchemy-url-key", "Qx7dHzB75s1V_9aldcM6XbodqDCKPC2m", "host", "eth-mainnet.g.alchemy.com"},
		{"token: 'q8Wz3Lp7Rk2" + strings.Repeat("A", 10) + "c72L3T6rQK51mB5a06ijnwRG91deTxvSqdZNAlxq8p2'", "dropbox-lasting-token",
			"q8Wz3Lp7Rk2" + strings.Repeat("A", 10) + "c72L3T6rQK51mB5a06ijnwRG91deTxvSqdZNAlxq8p2", "", ""},
		{"then sqlplus pay/Wq7pLm4z@orders and go on", "oracle-login-password", "Wq7pLm4z", "user", "pay"},
		{"SSID: corp-guest\nKey: Wq7pLm4zRt", "wifi-password", "Wq7pLm4zRt", "", ""},
		{"enable secret 0 Wq7pLm4z\n", "cisco-plain-password", "Wq7pLm4z", "", ""},
		{"username ops privilege 15 password 0 Wq7pLm4z", "cisco-plain-password", "Wq7pLm4z", "user", "ops"},
		{"snmp-server community Wq7pLm4z RO", "snmp-community", "Wq7pLm4z", "", ""},
		{"The community string: Wq7pLm4z", "snmp-community", "Wq7pLm4z", "", ""},
		{"WEP key: 4F7A2C91D3", "wifi-password", "4F7A2C91D3", "", ""},
		{"API key (production): 7f3d9a51c08e4b62a7d0f1e93b5c6d28", "generic-spoken-secret", "7f3d9a51c08e4b62a7d0f1e93b5c6d28", "", ""},
		{"The secret key of the merchant account is kd83jf93jsl20dkf93kd.", "generic-spoken-secret", "kd83jf93jsl20dkf93kd", "", ""},
		{"BitLocker recovery key: 119911-338822-000011-720885-454553-111100-600006-231473", bitLockerRule, "119911-338822-000011-720885-454553-111100-600006-231473", "", ""},
		{"WIFI:T:WPA;S:corp-guest;P:Winter-2031x;;", "wifi-password", "Winter-2031x", "ssid", "corp-guest"},
		{"otpauth://totp/corp:joe?secret=JBSWY3DPEHPK3PXPQ2&issuer=corp", "otp-seed", "JBSWY3DPEHPK3PXPQ2", "account", "corp:joe"},
	} {
		var hit *sweeper.Candidate
		for _, f := range search(t, s, texts(c.text)) {
			if f.Rule == c.rule && f.Confidence != sweeper.Review {
				hit = &f
			}
		}
		switch {
		case hit == nil:
			t.Errorf("%s: not found in %s", c.rule, c.text)
		case hit.Secret.Reveal() != c.secret:
			t.Errorf("%s: the secret is %q, want %q", c.rule, hit.Secret.Reveal(), c.secret)
		case c.detail != "" && hit.Details[c.detail] != c.value:
			t.Errorf("%s: %s is %q, want %q", c.rule, c.detail, hit.Details[c.detail], c.value)
		}
	}
}

// TestStandIns: what stands where a secret would be is not told by our rules.
func TestStandIns(t *testing.T) {
	s := newSet(t)
	for _, text := range []string{
		"postgres://user:password@localhost/db", "https://user:${PASS}@host.test/", "ftp://joe:<password>@host.test",
		"mysql://root:%s@127.0.0.1/x", "Server=db;User ID=sa;Password=<password>;", "Server=db;Uid=sa;Pwd=${DB_PWD};",
		"sshpass -p $PASS ssh joe@srv", `net use Z: \\fs1\pay /user:joe *`, `password = "password"`, `password: "your-password-here"`,
		`ConvertTo-SecureString "<password>" -AsPlainText -Force`, "https://joe@host.test:8080/a:b@c", "see https://host.test/a:b@c/d",
		`api_key = get_key(config)`, `"LABEL_PASSWORD": "Wachtwoord"`, `clientSecret: process.env.APP_SECRET`, "http://host.test:80#@other.test/",
		"all the --password options are gone", "the USERPASS: see below", "alter user app identified by his manager, who", `userPassword: string`, "postgres -mysql -p", `password: 'admin123'`, "secret: Base32SecretKey,", "machine host login user password ****",
	} {
		for _, f := range search(t, s, texts(text)) {
			if f.Confidence != sweeper.Review {
				t.Errorf("%s: %s finds %q", text, f.Rule, f.Secret.Reveal())
			}
		}
	}
}
