PRAGMA application_id = 7037552;
PRAGMA user_version = 10;
BEGIN TRANSACTION;
CREATE TABLE corrected (  -- derived from edits: what is served instead of a record as extracted
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        position INTEGER NOT NULL,
        title TEXT NOT NULL,
        body TEXT,  -- JSON; NULL while the record is not served: discarded, or merged into `target`
        target TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (handbook, edition, id),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    );
INSERT INTO "corrected" VALUES('old',2,'old.two','practice',1,'Corrected','{"id":"old.two","kind":"practice","title":"Corrected","handbook":"old","edition":2,"position":1,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To meet weekly.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated","links":[],"notes":[],"tables":[]}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0,"corrected":["retitle"]}','');
CREATE TABLE edit (  -- what people decided in review, in the order they did; never changed, only undone
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        handbook TEXT NOT NULL REFERENCES handbook (id) ON DELETE CASCADE,
        body TEXT NOT NULL,  -- JSON
        undone_by TEXT NOT NULL DEFAULT '',
        undone_at TEXT NOT NULL DEFAULT ''  -- '' while it counts
    );
INSERT INTO "edit" VALUES(1,'old','{"handbook":"old","action":"retitle","record":"old.two","value":"Corrected","base":"Practice two","place":null,"name":"","made":"","who":"eve","when":"2026-11-30T00:42:02+00:00","note":""}','','');
CREATE TABLE edition (
        handbook TEXT NOT NULL REFERENCES handbook (id),
        number INTEGER NOT NULL CHECK (number >= 1),
        state TEXT NOT NULL CHECK (state IN ('staged', 'published')),
        title TEXT NOT NULL,
        language TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        file_name TEXT NOT NULL,
        source TEXT NOT NULL,
        ingested_at TEXT NOT NULL,
        seconds REAL NOT NULL,
        page_count INTEGER NOT NULL,
        unassigned TEXT NOT NULL, ledger TEXT NOT NULL DEFAULT '[]', missing TEXT NOT NULL DEFAULT '[]', hidden TEXT NOT NULL DEFAULT '[]', imprint TEXT NOT NULL DEFAULT '[]', caveats TEXT NOT NULL DEFAULT '[]',  -- JSON
        PRIMARY KEY (handbook, number)
    ) WITHOUT ROWID
    ;
INSERT INTO "edition" VALUES('old',1,'published','The old of good practice','en','733b7cebfb8941eee6b244196fbc51301ef8169432c062b9bd8c29c4346456c9','old.pdf','','2025-01-01T12:00:00+00:00',0.0,2,'[]','[]','[]','[]','[]','[]');
INSERT INTO "edition" VALUES('old',2,'published','The old of good practice','en','2f0ba36d3716876ec80b54594826bd8f1f623542a35c66b699e412f754b62be2','old.pdf','','2025-01-01T12:00:00+00:00',0.0,2,'[]','[]','[]','[]','[]','[]');
CREATE TABLE handbook (
        id TEXT PRIMARY KEY,
        current INTEGER, profile TEXT NOT NULL DEFAULT '', publisher TEXT NOT NULL DEFAULT '', licence TEXT NOT NULL DEFAULT '', url TEXT NOT NULL DEFAULT '', name TEXT NOT NULL DEFAULT '', subjects TEXT NOT NULL DEFAULT '',  -- the edition that is served; NULL while none is
        FOREIGN KEY (id, current) REFERENCES edition (handbook, number) DEFERRABLE INITIALLY DEFERRED
    ) WITHOUT ROWID
    ;
INSERT INTO "handbook" VALUES('old',2,'practices = "Case"
','A university','CC BY 4.0','https://example.org','An old one','teaching');
CREATE TABLE judgement (
        need INTEGER NOT NULL REFERENCES need (number) ON DELETE CASCADE,
        record TEXT NOT NULL,  -- an id, which no other record is ever given; it may be served no more
        grade INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 2),
        who TEXT NOT NULL,
        judged_at TEXT NOT NULL,
        PRIMARY KEY (need, record)
    ) WITHOUT ROWID
    ;
INSERT INTO "judgement" VALUES(1,'old.one',2,'eve','2026-11-30T00:42:02+00:00');
CREATE TABLE need (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        text TEXT NOT NULL UNIQUE,
        language TEXT NOT NULL
    );
INSERT INTO "need" VALUES(1,'credit for exchange','en');
CREATE TABLE page (
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        number INTEGER NOT NULL,
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, number),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    );
INSERT INTO "page" VALUES('old',1,1,'{"number":1,"label":"1","width":595.0,"height":842.0,"text":"Text of page 1.","is_ocr":false,"needs_ocr":false,"confidence":null}');
INSERT INTO "page" VALUES('old',1,2,'{"number":2,"label":"2","width":595.0,"height":842.0,"text":"Text of page 2.","is_ocr":false,"needs_ocr":false,"confidence":null}');
INSERT INTO "page" VALUES('old',2,1,'{"number":1,"label":"1","width":595.0,"height":842.0,"text":"Text of page 1.","is_ocr":false,"needs_ocr":false,"confidence":null}');
INSERT INTO "page" VALUES('old',2,2,'{"number":2,"label":"2","width":595.0,"height":842.0,"text":"Text of page 2.","is_ocr":false,"needs_ocr":false,"confidence":null}');
CREATE TABLE "passage" (  -- as before, but of records as served, which may be none extracted
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        record TEXT NOT NULL,
        number INTEGER NOT NULL,
        sha256 TEXT NOT NULL,  -- of the text that is embedded
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, record, number),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    );
INSERT INTO "passage" VALUES('old',1,'old.one',0,'f3a391826902f44c88a791f1c217ad2551420026b659b2c4599e4c3c7ef30858','{"record":"old.one","number":0,"text":"To award credit for exchange number 1.","context":"Practice one in edition 1, University of Example","label":"Objectives","page":1,"field":0,"start":0}');
INSERT INTO "passage" VALUES('old',1,'old.two',0,'246d65d8333f4e85b71a846933881da3e0b9e37f876259a5f4f879a14fe5ca3b','{"record":"old.two","number":0,"text":"To meet weekly.","context":"Practice two, University of Example","label":"Objectives","page":1,"field":0,"start":0}');
INSERT INTO "passage" VALUES('old',2,'old.one',0,'7aadda10b59bbb3a1f4b6573aee849daeab5e249fc6205e2b16374e453326b0f','{"record":"old.one","number":0,"text":"To award credit for exchange number 2.","context":"Practice one in edition 2. Objectives","label":"Objectives","page":1,"field":0,"start":0}');
INSERT INTO "passage" VALUES('old',2,'old.two',0,'cfa92c3a610f613cd121653d1996bcc16f0990f5803af096dc1b1ec79598b2ea','{"record":"old.two","number":0,"text":"To meet weekly.","context":"Corrected. Objectives","label":"Objectives","page":1,"field":0,"start":0}');
CREATE TABLE proof (  -- of each row of other tables, under what it belongs to and its own name
        part TEXT,
        scope TEXT,
        key TEXT,
        digest BLOB,
        PRIMARY KEY (part, scope, key)
    ) WITHOUT ROWID
    ;
INSERT INTO "proof" VALUES('corrected','old/2','old.two',X'A64EA63B2D1A8CDA2921850949D6D26B');
INSERT INTO "proof" VALUES('edit','old','1',X'5295238EFD7377A41E6F63ED1B76C335');
INSERT INTO "proof" VALUES('edition','old/1','',X'8DD22EFC8B84846F776632189F0419A2');
INSERT INTO "proof" VALUES('edition','old/2','',X'04CFB04851ECF8FB9595D1F07739B972');
INSERT INTO "proof" VALUES('handbook','old','',X'6274D27F9CDF2D59268F45C52E4DE0CA');
INSERT INTO "proof" VALUES('judgement','1','old.one',X'5CDB4412CFB5F6CD42DE9F2A898C8A1E');
INSERT INTO "proof" VALUES('need','1','',X'0CAEDF2D249D2A53734FB8510E1D2C5C');
INSERT INTO "proof" VALUES('page','old/1','1',X'85157E389E3F5CB4078A0FA365F9E8AF');
INSERT INTO "proof" VALUES('page','old/1','2',X'1449C16E053461963C3D6C3CE6A7CD7D');
INSERT INTO "proof" VALUES('page','old/2','1',X'DCE2D3945D686179854ABD93F3F5A85C');
INSERT INTO "proof" VALUES('page','old/2','2',X'3882A6B3A7FD70FADB5CCFE25F31AC30');
INSERT INTO "proof" VALUES('passage','old/1','old.one/0',X'7F89995C51A15501B931664C57DA7906');
INSERT INTO "proof" VALUES('passage','old/1','old.two/0',X'DDAE654FA0659C78E8D756B25BFE32AD');
INSERT INTO "proof" VALUES('passage','old/2','old.one/0',X'9725B5D7A1E7B881A627F59EB53218BD');
INSERT INTO "proof" VALUES('passage','old/2','old.two/0',X'59B9D1FA3FE29A5511D6C6D69867285C');
INSERT INTO "proof" VALUES('publication','1','',X'C3793073BDD162E4AE8FD6B52EDD992E');
INSERT INTO "proof" VALUES('publication','2','',X'97A621D01F2E8A965947C7F7E34655AD');
INSERT INTO "proof" VALUES('publication','3','',X'3057A413D0AB8A257A0AF2B44527265B');
INSERT INTO "proof" VALUES('record','old/1','old.one',X'A5C7FDC00DC17BC9A50B7CC7E24DC627');
INSERT INTO "proof" VALUES('record','old/1','old.two',X'84045B2A91848A6AF051FB4C4176F660');
INSERT INTO "proof" VALUES('record','old/2','old.one',X'68BA9ABBBEB73CFD0F3208A533E04510');
INSERT INTO "proof" VALUES('record','old/2','old.two',X'4DC99ED57EFB07C75F1C2D0A0C8D45BC');
INSERT INTO "proof" VALUES('setting','alliance','',X'B9D4429C4CB8032C58498200CB78EBA9');
INSERT INTO "proof" VALUES('vector','fake','246d65d8333f4e85b71a846933881da3e0b9e37f876259a5f4f879a14fe5ca3b',X'CE678112BDF911FE676364A4DA1CF308');
INSERT INTO "proof" VALUES('vector','fake','7aadda10b59bbb3a1f4b6573aee849daeab5e249fc6205e2b16374e453326b0f',X'9BD739F1B1606B37D4B4DE2D7A3EDC5C');
INSERT INTO "proof" VALUES('vector','fake','cfa92c3a610f613cd121653d1996bcc16f0990f5803af096dc1b1ec79598b2ea',X'9602410CB09F82AB1AC15FA71760E437');
INSERT INTO "proof" VALUES('vector','fake','f3a391826902f44c88a791f1c217ad2551420026b659b2c4599e4c3c7ef30858',X'108D1846B094FC60AD8B28F0CA72604F');
CREATE TABLE publication (  -- every commit of what is served; the last row rules
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        generation TEXT NOT NULL,
        editions TEXT NOT NULL,  -- JSON: handbook -> edition
        published_at TEXT NOT NULL
    );
INSERT INTO "publication" VALUES(1,'20261130T004201Z-bc270daa','{"old": 1}','2026-11-30T00:42:01+00:00');
INSERT INTO "publication" VALUES(2,'20261130T004201Z-0b615cd1','{"old": 2}','2026-11-30T00:42:02+00:00');
INSERT INTO "publication" VALUES(3,'20261130T004202Z-c1f3bd53','{"old": 2}','2026-11-30T00:42:02+00:00');
CREATE TABLE record (
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        position INTEGER NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, id),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    );
INSERT INTO "record" VALUES('old',1,'old.one','practice',0,'Practice one in edition 1','{"id":"old.one","kind":"practice","title":"Practice one in edition 1","handbook":"old","edition":1,"position":0,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To award credit for exchange number 1.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated","links":[],"notes":[],"tables":[]}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0,"corrected":[]}');
INSERT INTO "record" VALUES('old',1,'old.two','practice',1,'Practice two','{"id":"old.two","kind":"practice","title":"Practice two","handbook":"old","edition":1,"position":1,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To meet weekly.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated","links":[],"notes":[],"tables":[]}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0,"corrected":[]}');
INSERT INTO "record" VALUES('old',2,'old.one','practice',0,'Practice one in edition 2','{"id":"old.one","kind":"practice","title":"Practice one in edition 2","handbook":"old","edition":2,"position":0,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To award credit for exchange number 2.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated","links":[],"notes":[],"tables":[]}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0,"corrected":[]}');
INSERT INTO "record" VALUES('old',2,'old.two','practice',1,'Practice two','{"id":"old.two","kind":"practice","title":"Practice two","handbook":"old","edition":2,"position":1,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To meet weekly.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated","links":[],"notes":[],"tables":[]}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0,"corrected":[]}');
CREATE TABLE retired (
        handbook TEXT NOT NULL REFERENCES handbook (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        PRIMARY KEY (handbook, id)
    ) WITHOUT ROWID
    ;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "setting" VALUES('alliance','An alliance');
CREATE TABLE vector (
        model TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        numbers BLOB NOT NULL, kept_until TEXT NOT NULL DEFAULT '',  -- float32, little endian
        PRIMARY KEY (model, sha256)
    ) WITHOUT ROWID
    ;
INSERT INTO "vector" VALUES('fake','246d65d8333f4e85b71a846933881da3e0b9e37f876259a5f4f879a14fe5ca3b',X'DA2C093DBF3CDC3DC6C487BC54FCA23D4B4126BD9F25CC3D553A933DCCD112BE0BBE33BE276E01BD676DD7BDA8EA3EBE7C6A7D3DDF6022BE9D03933E1FD81C3EEFC751BDCB354A3EDB9E64BD2545913CA3945C3D6B5B1F3E4EEE9D3D0DBDD6BDC81BBC3DFF5ACEBC41597ABE77B7B33D234C3F3E9A2C28BEFD18813DF7DBDEBD74B750BEF0BD9DBA1BCE753D59F74ABECD3A5B3DDE4E50BEFA1780BCB094043C7C7FEC3D491689BE5FC0DDBCE732413D76D095BD03F4C0BD537AFB3D8367963D5416043D4809DB3872829FBD7406423C0687FDBDA28646BE004201BEDA1DAC3C7E1903BE49433BBDA6327F3D07159FBE6A4405BDE0AE0B3E8AE16E3DFDF6063E','');
INSERT INTO "vector" VALUES('fake','7aadda10b59bbb3a1f4b6573aee849daeab5e249fc6205e2b16374e453326b0f',X'E13B58BD35B4A5BD9602E5BD3EB2D43DAEB5283D131D9BBDE5CBBB3DC4A476BC390AAB3D4DC202BE332E8EBD3C25A6BE4EE30EBD33E9223D10CAB53A5262B23EA97F533DE033293DB72F713D8358DA3D2716903D93847A3E42C4D93D0F12503E43A6B33D01F87B3DC9136ABDFF9C04BC725E713E1EB8C8BB4FFCAB3D787C2E3DB66D133EAEEEB93D5F9737BE656700BE82814C3E67201E3D0184B23C4EE0163E0A0EA23C0646CCBD882BBE3D91ADC83D11082ABDC62953BEED0C03BE0CCBA13D0636C3BD60562FBD6FF93EBD32D073BC7058003ECF458C3C9F9863BE9C2696BD296092BE3A16FD3D1375363D19DCF5BD4283E0BCBD88833D2015E0BB5BC44B3E','');
INSERT INTO "vector" VALUES('fake','cfa92c3a610f613cd121653d1996bcc16f0990f5803af096dc1b1ec79598b2ea',X'3C99243E25331B3E518A3FBE8A35043DF311703B136F9C3952A68EBDB4736ABD332A40BE3A8349BE92205ABD9C2A1CBE10D3903C011BE7BD19CF1F3EF83F49BEA5CA553E01B33A3EB60BDDBBA7218BBDC4A46A3DD929B73DDB995A3D1711AA3A598C02BE8F0A2FBE693480BD1ED7C93B13B7473E931ACCBD2F65963DA198043E659AFE3DA74A3D3E557AACBC5CAAA4BD97A4E33B2CE041BE26276E3EEAA241BC6E18893DAE3F8B3D86255D3E25FBEA3B544B26BDF4A27FBD69474DBDBD63D6BBD0D8813DDF6702BE183A3A3DDF99763E4F04C2BCA6D968BED10610BE62AF24BE85E081BE2C843A3CBE5E81BD73B964BDBF692F3D3DB35ABE26E8853C4CC6B33D','');
INSERT INTO "vector" VALUES('fake','f3a391826902f44c88a791f1c217ad2551420026b659b2c4599e4c3c7ef30858',X'71A37FBD294E0EBE257A5A3D17FF273ECCF43D3D1AD74DBC925E823C79F7A8BD34CD933D05BB02BDF820B93D2E897EBEE576723D63099BBDF69E033DEA95B03EBE9ABA3C29ED3B3DF43BB73D04C7373E39323D3D40953E3E1DA57C3E8045143E2E4D10BC5D96B83DAEA83EBE33EDA03C9736943E5E93A5BDAFF9FA3CAA7DCBBD903B84BC6CE603BC6C0F423D133012BED73CF33D995D3A3DB096A6BCC2A3B63D994AA9BC4F414BBE96964FBD3618FE3D6D1E72BDC90045BE553E463D0D691E3E484EF8BBA77E2C3EEB8A97BDBDD4E4BB31D2343D8D5E3DBE9D5210BEA23C623E43C211BE4C64D03D6FC0B93B260844BEDABE313C14BBD03D7CBE85BD9B6C3B3E','');
CREATE INDEX edition_by_checksum ON edition (sha256);
CREATE INDEX record_by_id ON record (id);
CREATE INDEX edit_by_handbook ON edit (handbook);
CREATE INDEX corrected_by_id ON corrected (id);
CREATE VIEW served AS  -- of each edition, staged ones as well
        SELECT handbook, edition, id, kind, position, title, body FROM record r WHERE NOT EXISTS
            (SELECT 1 FROM corrected c WHERE (c.handbook, c.edition, c.id) = (r.handbook, r.edition, r.id))
        UNION ALL
        SELECT handbook, edition, id, kind, position, title, body FROM corrected WHERE body IS NOT NULL;
CREATE INDEX passage_by_text ON passage (sha256);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('publication',3);
INSERT INTO "sqlite_sequence" VALUES('edit',1);
INSERT INTO "sqlite_sequence" VALUES('need',1);
COMMIT;
