// SQLCipher. Its own OpenSSL provider makes contexts anew for every page: 14 µs a page, 10 without.
// This one keeps them with the connection, and with them key schedules, as we keep the keys. Bytes
// on disk are the same: a file written by one provider is read by the other. Private to this
// folder.
#include "sqlite3.c"

#define KEPT_PAGE_RANDOM 48  // what a page takes: its IV and what its HMAC is written over

// One thread at a time, like the connection that it belongs to.
typedef struct {
  EVP_CIPHER_CTX* cipher[2];  // by mode
  EVP_MAC_CTX* mac;
  unsigned char random[64 * KEPT_PAGE_RANDOM];
  int random_left;  // at the end of it
} kept_ctx;

static int kept_ctx_free(void** ctx) {
  kept_ctx* kept = *ctx;
  *ctx = NULL;
  if (kept == NULL) return SQLITE_OK;
  EVP_CIPHER_CTX_free(kept->cipher[SQLCIPHER_DECRYPT]);
  EVP_CIPHER_CTX_free(kept->cipher[SQLCIPHER_ENCRYPT]);
  EVP_MAC_CTX_free(kept->mac);
  OPENSSL_cleanse(kept, sizeof *kept);
  sqlite3_free(kept);
  return SQLITE_OK;
}

static int kept_cipher_init(kept_ctx* kept, EVP_CIPHER* cipher, int mode) {
  return (kept->cipher[mode] = EVP_CIPHER_CTX_new()) != NULL &&
         EVP_CipherInit_ex2(kept->cipher[mode], cipher, NULL, NULL, mode, NULL) &&
         EVP_CIPHER_CTX_set_padding(kept->cipher[mode], 0);
}

static int kept_mac_init(kept_ctx* kept, EVP_MAC* mac) {
  const OSSL_PARAM digest[] = {{"digest", OSSL_PARAM_UTF8_STRING, "SHA256", 6, 0}, OSSL_PARAM_END};
  return (kept->mac = EVP_MAC_CTX_new(mac)) != NULL && EVP_MAC_CTX_set_params(kept->mac, digest);
}

static int kept_ctx_init(void** ctx) {
  kept_ctx* kept = sqlite3_malloc(sizeof *kept);
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
  EVP_MAC* mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  int ok = 0;
  *ctx = kept;
  if (kept != NULL) {
    memset(kept, 0, sizeof *kept);
    ok = cipher != NULL && mac != NULL && kept_cipher_init(kept, cipher, SQLCIPHER_DECRYPT) &&
         kept_cipher_init(kept, cipher, SQLCIPHER_ENCRYPT) && kept_mac_init(kept, mac);
  }
  EVP_CIPHER_free(cipher);
  EVP_MAC_free(mac);
  if (!ok) kept_ctx_free(ctx);
  return ok ? SQLITE_OK : SQLITE_ERROR;
}

static int kept_random(void* ctx, void* buffer, int length) {
  kept_ctx* kept = ctx;
  unsigned char* from;
  if (length > KEPT_PAGE_RANDOM) return sqlcipher_openssl_random(ctx, buffer, length);
  if (kept->random_left < length) {
    if (sqlcipher_openssl_random(ctx, kept->random, sizeof kept->random) != SQLITE_OK) {
      return SQLITE_ERROR;
    }
    kept->random_left = sizeof kept->random;
  }
  from = kept->random + sizeof kept->random - kept->random_left;
  memcpy(buffer, from, length);
  OPENSSL_cleanse(from, length);
  kept->random_left -= length;
  return SQLITE_OK;
}

static int kept_cipher(void* ctx, int mode, const unsigned char* key, int key_sz,
                       const unsigned char* iv, const unsigned char* in, int in_sz,
                       unsigned char* out) {
  EVP_CIPHER_CTX* cipher = ((kept_ctx*)ctx)->cipher[mode];
  int size = 0;
  int rest = 0;
  const int ok = EVP_CipherInit_ex2(cipher, NULL, key, iv, mode, NULL) &&
                 EVP_CipherUpdate(cipher, out, &size, in, in_sz) &&
                 EVP_CipherFinal_ex(cipher, out + size, &rest) && size + rest == in_sz;
  return ok ? SQLITE_OK : SQLITE_ERROR;
}

static int kept_hmac(void* ctx, int algorithm, const unsigned char* hmac_key, int key_sz,
                     const unsigned char* in, int in_sz, const unsigned char* in2, int in2_sz,
                     unsigned char* out) {
  EVP_MAC_CTX* mac = ((kept_ctx*)ctx)->mac;
  size_t size = 0;
  int ok;
  if (algorithm != SQLCIPHER_HMAC_SHA256 || in == NULL) {
    return sqlcipher_openssl_hmac(ctx, algorithm, hmac_key, key_sz, in, in_sz, in2, in2_sz, out);
  }
  ok = EVP_MAC_init(mac, hmac_key, key_sz, NULL) && EVP_MAC_update(mac, in, in_sz) &&
       (in2 == NULL || EVP_MAC_update(mac, in2, in2_sz)) && EVP_MAC_final(mac, out, &size, 32);
  return ok ? SQLITE_OK : SQLITE_ERROR;
}

// SQLITE_EXTRA_INIT: SQLCipher's own, then the provider that connections opened from now on take.
int kept_sqlcipher_init(const char* unused) {
  sqlcipher_provider* provider;
  int rc = sqlcipher_extra_init(unused);
  if (rc != SQLITE_OK) return rc;
  provider = sqlcipher_malloc(sizeof *provider);
  if (provider == NULL) return SQLITE_NOMEM;
  sqlcipher_openssl_setup(provider);
  provider->ctx_init = kept_ctx_init;
  provider->ctx_free = kept_ctx_free;
  provider->random = kept_random;
  provider->cipher = kept_cipher;
  provider->hmac = kept_hmac;
  return sqlcipher_register_provider(provider);  // which frees it at the end
}
