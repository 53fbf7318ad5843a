// Verify a credential as a stranger would: keys from the issuer's did.json, then the status list, then its bit.
import {Bitstring} from '@digitalbazaar/bitstring';
import {decodeProtectedHeader, importJWK, jwtVerify} from 'jose';

const {token, did, status} = JSON.parse(process.env.PEER);

async function verified(jwt) {
  const {kid} = decodeProtectedHeader(jwt);
  const method = did.verificationMethod.find(one => one.id === kid);
  if(!method || !did.assertionMethod.includes(kid) || method.controller !== did.id) {
    throw new Error('key is not the issuer\'s');
  }
  const key = await importJWK(method.publicKeyJwk, 'EdDSA');
  const {payload} = await jwtVerify(jwt, key, {algorithms: ['EdDSA'], typ: 'vc+jwt', issuer: did.id});
  const issuer = typeof payload.issuer === 'string' ? payload.issuer : payload.issuer.id;
  if(issuer !== payload.iss || payload.jti !== payload.id) {
    throw new Error('claims do not fit the credential');
  }
  return payload;
}

try {
  const credential = await verified(token);
  const list = await verified(status);
  const entry = credential.credentialStatus;
  if(entry.statusListCredential !== list.id || entry.statusPurpose !== list.credentialSubject.statusPurpose) {
    throw new Error('another status list');
  }
  const bytes = await Bitstring.decodeBits({encoded: list.credentialSubject.encodedList.slice(1)});
  const revoked = new Bitstring({buffer: bytes}).get(Number(entry.statusListIndex));
  console.log(JSON.stringify({valid: !revoked, why: revoked ? 'revoked' : '', types: credential.type}));
} catch(error) {
  console.log(JSON.stringify({valid: false, why: error.message}));
}
