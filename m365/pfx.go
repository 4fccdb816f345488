package m365

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"software.sslmate.com/src/go-pkcs12"
)

// certificates opens a file with a certificate and its private key: PEM, or PFX of
// any age. The SDK's own reader does not know the encryption that OpenSSL 3 and
// Windows Server 2022 write by default (PBES2, RFC 8018 section 6.2).
func certificates(data []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	if bytes.Contains(data, []byte("-----BEGIN ")) {
		password = "" // it is of a PFX; the SDK refuses PEM when there is one
	}
	certs, key, err := azidentity.ParseCertificates(data, []byte(password))
	if err == nil {
		return certs, key, nil
	}
	newer, cert, chain, perr := pkcs12.DecodeChain(data, password)
	if errors.Is(perr, pkcs12.ErrIncorrectPassword) {
		return nil, nil, errors.New("the password is wrong")
	}
	if perr != nil {
		return nil, nil, err
	}
	return append([]*x509.Certificate{cert}, chain...), newer, nil
}
