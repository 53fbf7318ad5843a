// A certified OpenID provider with its own development pages: any name signs in. Settings come as JSON in $PEER.
import Provider from "oidc-provider";

const peer = JSON.parse(process.env.PEER);

const provider = new Provider(peer.issuer, {
  clients: [
    {
      client_id: peer.client_id,
      client_secret: peer.client_secret,
      redirect_uris: [peer.redirect_uri],
      post_logout_redirect_uris: [peer.signed_out_uri],
      backchannel_logout_uri: peer.logout_uri,
      backchannel_logout_session_required: true,
    },
  ],
  claims: { openid: ["sub"], profile: ["given_name", "family_name", "reg_no"], email: ["email", "email_verified"] },
  features: { backchannelLogout: { enabled: true } },
  cookies: { keys: ["only a test"] },
  // Its own dispatcher hangs up on loopback, and that is all that there is here.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  async findAccount(_context, id) {
    return { accountId: id, claims: async () => ({ sub: id, ...peer.claims }) };
  },
});

provider.listen(peer.port, "127.0.0.1");
