// A SAML provider in whose page everybody is the same person. Settings come as JSON in $PEER.
import express from "express";
import samlp from "samlp";

const peer = JSON.parse(process.env.PEER);
const app = express();

const mapper = () => ({
  getClaims: () => peer.claims,
  getNameIdentifier: () => ({
    nameIdentifier: peer.subject,
    nameIdentifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
  }),
});
mapper.prototype = { metadata: [] };

app.get(
  "/sso",
  samlp.auth({
    issuer: peer.issuer,
    cert: peer.certificate,
    key: peer.key,
    signResponse: true,
    destination: peer.acs,
    recipient: peer.acs,
    profileMapper: mapper,
    getUserFromRequest: () => ({ id: peer.subject }),
    getPostURL: (_audience, _request, _incoming, done) => done(null, peer.acs),
    ...(peer.encrypt_for && {
      encryptionCert: peer.encrypt_for.certificate,
      encryptionPublicKey: peer.encrypt_for.public_key,
      encryptionAlgorithm: "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    }),
  }),
);

app.listen(peer.port, "127.0.0.1");
