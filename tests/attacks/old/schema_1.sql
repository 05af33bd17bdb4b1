PRAGMA application_id = 7037552;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
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
        unassigned TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, number)
    ) WITHOUT ROWID
    ;
INSERT INTO "edition" VALUES('old',1,'published','The old of good practice','en','733b7cebfb8941eee6b244196fbc51301ef8169432c062b9bd8c29c4346456c9','old.pdf','','2025-01-01T12:00:00+00:00',0.0,2,'[]');
INSERT INTO "edition" VALUES('old',2,'published','The old of good practice','en','2f0ba36d3716876ec80b54594826bd8f1f623542a35c66b699e412f754b62be2','old.pdf','','2025-01-01T12:00:00+00:00',0.0,2,'[]');
CREATE TABLE handbook (
        id TEXT PRIMARY KEY,
        current INTEGER,  -- the edition that is served; NULL while none is
        FOREIGN KEY (id, current) REFERENCES edition (handbook, number) DEFERRABLE INITIALLY DEFERRED
    ) WITHOUT ROWID
    ;
INSERT INTO "handbook" VALUES('old',2);
CREATE TABLE page (
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        number INTEGER NOT NULL,
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, number),
        FOREIGN KEY (handbook, edition) REFERENCES edition (handbook, number) ON DELETE CASCADE
    );
INSERT INTO "page" VALUES('old',1,1,'{"number":1,"label":"1","width":595.0,"height":842.0,"text":"Text of page 1.","is_ocr":false,"needs_ocr":false}');
INSERT INTO "page" VALUES('old',1,2,'{"number":2,"label":"2","width":595.0,"height":842.0,"text":"Text of page 2.","is_ocr":false,"needs_ocr":false}');
INSERT INTO "page" VALUES('old',2,1,'{"number":1,"label":"1","width":595.0,"height":842.0,"text":"Text of page 1.","is_ocr":false,"needs_ocr":false}');
INSERT INTO "page" VALUES('old',2,2,'{"number":2,"label":"2","width":595.0,"height":842.0,"text":"Text of page 2.","is_ocr":false,"needs_ocr":false}');
CREATE TABLE passage (
        handbook TEXT NOT NULL,
        edition INTEGER NOT NULL,
        record TEXT NOT NULL,
        number INTEGER NOT NULL,
        sha256 TEXT NOT NULL,  -- of the text that is embedded
        body TEXT NOT NULL,  -- JSON
        PRIMARY KEY (handbook, edition, record, number),
        FOREIGN KEY (handbook, edition, record) REFERENCES record (handbook, edition, id) ON DELETE CASCADE
    );
INSERT INTO "passage" VALUES('old',1,'old.one',0,'f3a391826902f44c88a791f1c217ad2551420026b659b2c4599e4c3c7ef30858','{"record":"old.one","number":0,"text":"To award credit for exchange number 1.","context":"Practice one in edition 1, University of Example","label":"Objectives","page":1}');
INSERT INTO "passage" VALUES('old',1,'old.two',0,'246d65d8333f4e85b71a846933881da3e0b9e37f876259a5f4f879a14fe5ca3b','{"record":"old.two","number":0,"text":"To meet weekly.","context":"Practice two, University of Example","label":"Objectives","page":1}');
INSERT INTO "passage" VALUES('old',2,'old.one',0,'0667d80f651f26084e7c7a863e11d2f10698867230b74a85210fce8535fa66ad','{"record":"old.one","number":0,"text":"To award credit for exchange number 2.","context":"Practice one in edition 2, University of Example","label":"Objectives","page":1}');
INSERT INTO "passage" VALUES('old',2,'old.two',0,'246d65d8333f4e85b71a846933881da3e0b9e37f876259a5f4f879a14fe5ca3b','{"record":"old.two","number":0,"text":"To meet weekly.","context":"Practice two, University of Example","label":"Objectives","page":1}');
CREATE TABLE publication (  -- every commit of what is served; the last row rules
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        generation TEXT NOT NULL,
        editions TEXT NOT NULL,  -- JSON: handbook -> edition
        published_at TEXT NOT NULL
    );
INSERT INTO "publication" VALUES(1,'20261129T183821Z-a865eb89','{"old": 1}','2026-11-29T18:38:21+00:00');
INSERT INTO "publication" VALUES(2,'20261129T183821Z-7345f8d2','{"old": 2}','2026-11-29T18:38:21+00:00');
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
INSERT INTO "record" VALUES('old',1,'old.one','practice',0,'Practice one in edition 1','{"id":"old.one","kind":"practice","title":"Practice one in edition 1","handbook":"old","edition":1,"position":0,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To award credit for exchange number 1.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated"}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0}');
INSERT INTO "record" VALUES('old',1,'old.two','practice',1,'Practice two','{"id":"old.two","kind":"practice","title":"Practice two","handbook":"old","edition":1,"position":1,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To meet weekly.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated"}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0}');
INSERT INTO "record" VALUES('old',2,'old.one','practice',0,'Practice one in edition 2','{"id":"old.one","kind":"practice","title":"Practice one in edition 2","handbook":"old","edition":2,"position":0,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To award credit for exchange number 2.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated"}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0}');
INSERT INTO "record" VALUES('old',2,'old.two','practice',1,'Practice two','{"id":"old.two","kind":"practice","title":"Practice two","handbook":"old","edition":2,"position":1,"page_start":1,"page_end":1,"fields":[{"label":"Objectives","text":"To meet weekly.","spans":[{"page":1,"box":null}],"name":"objectives","origin":"stated"}],"institution":"University of Example","facets":[],"annex":"","annex_label":"","path":[],"tools":[],"mentions":[],"language":"en","confidence":1.0}');
CREATE TABLE vector (
        model TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        numbers BLOB NOT NULL,  -- float32, little endian
        PRIMARY KEY (model, sha256)
    ) WITHOUT ROWID
    ;
INSERT INTO "vector" VALUES('fake','0667d80f651f26084e7c7a863e11d2f10698867230b74a85210fce8535fa66ad',X'15A7F2BD5867A4BD18FEACBD23A9093E71B8D8BC2BC13B39D640A33DAAE782BD04FD8E3DA8DD9FBDE4D3A3BDFB5FA0BE5C25093D2F69E33ABA0E613DB9F3C53EECAE38BD4FF15D3D228C553DA77D213E9C54983D36375B3E1B46FE3D0D0D3E3EEB7B233E87E6B33D755EDCBDBE73B93C08DB523E9ACB2BBD0DDCA53DAABA88BD11EC873B22BE143C5CA8E0BD638424BEB977483E1BC7143CB33B27BD574FB23DF59A553BEC9B58BE0118F73BBEF8C63CD43C8ABDA8C220BECDF180BDF44A1B3E57E608BD929A72BD839EC5BD6C6201BD26D1CF3D45A0B1BCA7073DBE59959B3B06DB67BE6E1CF33D4B79B23D13C831BE7E86EC3BF76C403EBB0D8B3C0A2C6E3E');
INSERT INTO "vector" VALUES('fake','246d65d8333f4e85b71a846933881da3e0b9e37f876259a5f4f879a14fe5ca3b',X'DA2C093DBF3CDC3DC6C487BC54FCA23D4B4126BD9F25CC3D553A933DCCD112BE0BBE33BE276E01BD676DD7BDA8EA3EBE7C6A7D3DDF6022BE9D03933E1FD81C3EEFC751BDCB354A3EDB9E64BD2545913CA3945C3D6B5B1F3E4EEE9D3D0DBDD6BDC81BBC3DFF5ACEBC41597ABE77B7B33D234C3F3E9A2C28BEFD18813DF7DBDEBD74B750BEF0BD9DBA1BCE753D59F74ABECD3A5B3DDE4E50BEFA1780BCB094043C7C7FEC3D491689BE5FC0DDBCE732413D76D095BD03F4C0BD537AFB3D8367963D5416043D4809DB3872829FBD7406423C0687FDBDA28646BE004201BEDA1DAC3C7E1903BE49433BBDA6327F3D07159FBE6A4405BDE0AE0B3E8AE16E3DFDF6063E');
INSERT INTO "vector" VALUES('fake','f3a391826902f44c88a791f1c217ad2551420026b659b2c4599e4c3c7ef30858',X'71A37FBD294E0EBE257A5A3D17FF273ECCF43D3D1AD74DBC925E823C79F7A8BD34CD933D05BB02BDF820B93D2E897EBEE576723D63099BBDF69E033DEA95B03EBE9ABA3C29ED3B3DF43BB73D04C7373E39323D3D40953E3E1DA57C3E8045143E2E4D10BC5D96B83DAEA83EBE33EDA03C9736943E5E93A5BDAFF9FA3CAA7DCBBD903B84BC6CE603BC6C0F423D133012BED73CF33D995D3A3DB096A6BCC2A3B63D994AA9BC4F414BBE96964FBD3618FE3D6D1E72BDC90045BE553E463D0D691E3E484EF8BBA77E2C3EEB8A97BDBDD4E4BB31D2343D8D5E3DBE9D5210BEA23C623E43C211BE4C64D03D6FC0B93B260844BEDABE313C14BBD03D7CBE85BD9B6C3B3E');
CREATE INDEX edition_by_checksum ON edition (sha256);
CREATE INDEX record_by_id ON record (id);
CREATE INDEX passage_by_text ON passage (sha256);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('publication',2);
COMMIT;
