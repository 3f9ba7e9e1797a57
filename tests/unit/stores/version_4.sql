-- What a terminal of schema 4 kept at the end of a shift: dumped from the file that Andon of that time wrote.
BEGIN TRANSACTION;
CREATE TABLE chat_calls (
    seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, issue TEXT NOT NULL, session TEXT NOT NULL, action TEXT NOT NULL,
    summary TEXT NOT NULL, state TEXT NOT NULL, problem TEXT NOT NULL, created_ms INTEGER NOT NULL,
    UNIQUE (scope, session, action));
INSERT INTO "chat_calls" VALUES(1,'cluster/t','GONE','session-7','complete','필터를 갈았다','waiting','',1754640000000);
CREATE TABLE doubts (scope TEXT, kind TEXT, id TEXT, since_ms INTEGER NOT NULL, PRIMARY KEY (scope, kind, id));
INSERT INTO "doubts" VALUES('cluster/t','issue','ASSY-1',1754640000000);
CREATE TABLE drafts (scope TEXT, issue TEXT, kind TEXT, text TEXT NOT NULL, PRIMARY KEY (scope, issue, kind));
INSERT INTO "drafts" VALUES('cluster/t','WELD-1','message','전극을 갈았는데');
INSERT INTO "drafts" VALUES('cluster/t','PRESS-1','resolve','베어링');
CREATE TABLE handling (
    scope TEXT, issue TEXT, seen_ms INTEGER NOT NULL, acknowledged_ms INTEGER, acknowledged_by TEXT NOT NULL,
    claimed_ms INTEGER, claimed_by TEXT NOT NULL, shelved_until_ms INTEGER, shelved_by TEXT NOT NULL,
    shelved_why TEXT NOT NULL, PRIMARY KEY (scope, issue));
INSERT INTO "handling" VALUES('cluster/t','PRESS-1',1754639460000,1754640000000,'lee',1754640000000,'lee',NULL,'','');
INSERT INTO "handling" VALUES('cluster/t','ASSY-1',1754639760000,NULL,'',NULL,'',1754641800000,'lee','부품 대기');
CREATE TABLE issues (scope TEXT, id TEXT, data TEXT NOT NULL, PRIMARY KEY (scope, id));
INSERT INTO "issues" VALUES('cluster/t','PAINT-1','aec98260{"rules":2,"marks":[[1754639640000,0,880075703,"","","",""]],"events":[[1754639640000,"eyJpc3N1ZSI6ICJQQUlOVC0xIiwgInByb2Nlc3NUeXBlIjogIuyepeyVoOygkeyImCIsICJtb2RlVHlwZSI6ICLrj4TsnqXshKTruYQiLCAibW9kZUxvZ0lkIjogbnVsbCwgImRlc2NyaXB0aW9uIjogIuu2gOyKpCDsmKjrj4QiLCAiaXNTb2x2ZWQiOiBmYWxzZSwgInRpbWVzdGFtcCI6ICIyMDI1LTA4LTA4VDA3OjU0OjAwLjAwMFoifQ==","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false]],"reopened_ms":null}');
INSERT INTO "issues" VALUES('cluster/t','PRESS-1','cef8ab29{"rules":2,"marks":[[1754639460000,0,362772390,"","","",""]],"events":[[1754639460000,"eyJpc3N1ZSI6ICJQUkVTUy0xIiwgInByb2Nlc3NUeXBlIjogIuyepeyVoOygkeyImCIsICJtb2RlVHlwZSI6ICLtlITroIjsiqQiLCAibW9kZUxvZ0lkIjogIkwxIiwgImRlc2NyaXB0aW9uIjogIuycoOyVlSDriITsnKAiLCAiaXNTb2x2ZWQiOiBmYWxzZSwgInRpbWVzdGFtcCI6ICIyMDI1LTA4LTA4VDA3OjUxOjAwLjAwMFoiLCAibGluZSI6IDN9","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false]],"reopened_ms":null}');
INSERT INTO "issues" VALUES('cluster/t','ASSY-1','4470562d{"rules":2,"marks":[[1754639760000,0,685382007,"","","",""]],"events":[[1754639760000,"eyJpc3N1ZSI6ICJBU1NZLTEiLCAicHJvY2Vzc1R5cGUiOiAi7J6l7JWg7KCR7IiYIiwgIm1vZGVUeXBlIjogIu2UhOugiOyKpCIsICJtb2RlTG9nSWQiOiBudWxsLCAiZGVzY3JpcHRpb24iOiAi7Jyg7JWVIOydtOyDgSIsICJpc1NvbHZlZCI6IGZhbHNlLCAidGltZXN0YW1wIjogIjIwMjUtMDgtMDhUMDc6NTY6MDAuMDAwWiJ9","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false]],"reopened_ms":null}');
INSERT INTO "issues" VALUES('cluster/t','WELD-1','eb8b1126{"rules":2,"marks":[[1754639520000,0,514684400,"","","",""],[1754639580000,2,3366228242,"","","",""],[1754639880000,0,4228001140,"","","",""]],"events":[[1754639880000,"eyJpc3N1ZSI6ICJXRUxELTEiLCAicHJvY2Vzc1R5cGUiOiAi7J6l7JWg7KCR7IiYIiwgIm1vZGVUeXBlIjogIuyaqeygkeq4sCIsICJtb2RlTG9nSWQiOiBudWxsLCAiZGVzY3JpcHRpb24iOiAi7Jyg7JWVIOydtOyDgSIsICJpc1NvbHZlZCI6IGZhbHNlLCAidGltZXN0YW1wIjogIjIwMjUtMDgtMDhUMDc6NTg6MDAuMDAwWiJ9","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false],[1754639580000,"eyJpc3N1ZSI6ICJXRUxELTEiLCAicHJvY2Vzc1R5cGUiOiAi7J6l7JWg7KCR7IiYIiwgIm1vZGVUeXBlIjogIu2UhOugiOyKpCIsICJtb2RlTG9nSWQiOiBudWxsLCAiZGVzY3JpcHRpb24iOiAi7Jyg7JWVIOydtOyDgSIsICJpc1NvbHZlZCI6IHRydWUsICJ0aW1lc3RhbXAiOiAiMjAyNS0wOC0wOFQwNzo1MzowMC4wMDBaIn0=","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false]],"reopened_ms":null}');
INSERT INTO "issues" VALUES('cluster/t','DUP','2b4306e5{"rules":2,"solved":"30000","marks":[[1754639700000,0,1703517892,"","","",""],[1754639701000,0,2837683802,"","","",""],[1754640000000,2,578283494,"lee","벨트 교체","/terminals/P1-03","0164ee9d-42c1-4107-8057-f4877fc7396b"]],"events":[[1754640000000,"eyJpc3N1ZSI6ICJEVVAiLCAicHJvY2Vzc1R5cGUiOiAi7J6l7JWg7KCR7IiYIiwgIm1vZGVUeXBlIjogIu2UhOugiOyKpCIsICJtb2RlTG9nSWQiOiBudWxsLCAiZGVzY3JpcHRpb24iOiAi7Jyg7JWVIOydtOyDgSIsICJpc1NvbHZlZCI6IHRydWUsICJ0aW1lc3RhbXAiOiAiMjAyNS0wOC0wOFQwODowMDowMC4wMDBaIn0=","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"],[\"ce_specversion\",\"MS4w\"],[\"ce_id\",\"MDE2NGVlOWQtNDJjMS00MTA3LTgwNTctZjQ4NzdmYzczOTZi\"],[\"ce_type\",\"YW5kb24uaXNzdWUucmVzb2x2ZWQ=\"],[\"ce_source\",\"L3Rlcm1pbmFscy9QMS0wMw==\"],[\"ce_time\",\"MjAyNS0wOC0wOFQwODowMDowMC4wMDBa\"],[\"ce_subject\",\"RFVQ\"],[\"ce_operator\",\"bGVl\"],[\"ce_note\",\"67Ko7Yq4IOq1kOyytA==\"]]",false],[1754639701000,"eyJpc3N1ZSI6ICJEVVAiLCAicHJvY2Vzc1R5cGUiOiAi7J6l7JWg7KCR7IiYIiwgIm1vZGVUeXBlIjogIu2UhOugiOyKpCIsICJtb2RlTG9nSWQiOiBudWxsLCAiZGVzY3JpcHRpb24iOiAi7Jyg7JWVIOydtOyDgSIsICJpc1NvbHZlZCI6IGZhbHNlLCAidGltZXN0YW1wIjogIjIwMjUtMDgtMDhUMDc6NTU6MDEuMDAwWiJ9","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false]],"reopened_ms":null}');
INSERT INTO "issues" VALUES('cluster/t','AGAIN','c3887385{"rules":2,"marks":[[1754639760000,0,3657318318,"","","",""],[1754639940000,0,612882330,"","","",""]],"events":[[1754639940000,"eyJpc3N1ZSI6ICJBR0FJTiIsICJwcm9jZXNzVHlwZSI6ICLsnqXslaDsoJHsiJgiLCAibW9kZVR5cGUiOiAi7ZSE66CI7IqkIiwgIm1vZGVMb2dJZCI6IG51bGwsICJkZXNjcmlwdGlvbiI6ICLri6Tsi5wiLCAiaXNTb2x2ZWQiOiBmYWxzZSwgInRpbWVzdGFtcCI6ICIyMDI1LTA4LTA4VDA3OjU5OjAwLjAwMFoifQ==","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false]],"reopened_ms":null}');
INSERT INTO "issues" VALUES('cluster/t','GONE','a37df43d{"rules":2,"solved":"30000","marks":[[1754639700000,0,218219473,"","","",""],[1754639760000,2,1360724881,"","","",""],[1754639764000,0,1670000985,"","","",""]],"events":[[1754639764000,"eyJpc3N1ZSI6ICJHT05FIiwgInByb2Nlc3NUeXBlIjogIuyepeyVoOygkeyImCIsICJtb2RlVHlwZSI6ICLtlITroIjsiqQiLCAibW9kZUxvZ0lkIjogbnVsbCwgImRlc2NyaXB0aW9uIjogIuuYkCIsICJpc1NvbHZlZCI6IGZhbHNlLCAidGltZXN0YW1wIjogIjIwMjUtMDgtMDhUMDc6NTY6MDQuMDAwWiJ9","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false],[1754639760000,"eyJpc3N1ZSI6ICJHT05FIiwgInByb2Nlc3NUeXBlIjogIuyepeyVoOygkeyImCIsICJtb2RlVHlwZSI6ICLtlITroIjsiqQiLCAibW9kZUxvZ0lkIjogbnVsbCwgImRlc2NyaXB0aW9uIjogIuycoOyVlSDsnbTsg4EiLCAiaXNTb2x2ZWQiOiB0cnVlLCAidGltZXN0YW1wIjogIjIwMjUtMDgtMDhUMDc6NTY6MDAuMDAwWiJ9","[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]",false]],"reopened_ms":null}');
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, operator TEXT NOT NULL, action TEXT NOT NULL,
    issue TEXT NOT NULL, detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
INSERT INTO "journal" VALUES(1,1754640000000,'kim','signed in','','{"before": "kim", "now": "lee"}','0000000000000000000000000000000000000000000000000000000000000000','670cf58a639a9265299c0eb220b1a3980d734f312fbf15217963b1cb88aa8b5f');
INSERT INTO "journal" VALUES(2,1754640000000,'lee','acknowledged','PRESS-1','{"episode": 1}','670cf58a639a9265299c0eb220b1a3980d734f312fbf15217963b1cb88aa8b5f','2b3db2c83cb7820135f6fda614dcf7d59a9cdb703dc3fa103ef385eeefceff29');
INSERT INTO "journal" VALUES(3,1754640000000,'lee','claimed','PRESS-1','{"episode": 1}','2b3db2c83cb7820135f6fda614dcf7d59a9cdb703dc3fa103ef385eeefceff29','f191c6e93f6da30d8f975aa504239985b6e483ed8a06bd90d79c9d62a7e96321');
INSERT INTO "journal" VALUES(4,1754640000000,'lee','shelved','ASSY-1','{"minutes": 30, "note": "부품 대기"}','f191c6e93f6da30d8f975aa504239985b6e483ed8a06bd90d79c9d62a7e96321','975f32e121bd46a15a22f6ebc0255faa391a757f011240cfb7f8472d817fd6d7');
INSERT INTO "journal" VALUES(5,1754640000000,'lee','resolved','DUP','{"event": "0164ee9d-42c1-4107-8057-f4877fc7396b", "note": "벨트 교체", "timestamp": 1754640000000}','975f32e121bd46a15a22f6ebc0255faa391a757f011240cfb7f8472d817fd6d7','c54b57328194ee8ba78fc57fb74a974c3fd772c6b693505a9512f25737d610d9');
INSERT INTO "journal" VALUES(6,1754640000000,'lee','confirmed','DUP','{"event": "0164ee9d-42c1-4107-8057-f4877fc7396b"}','c54b57328194ee8ba78fc57fb74a974c3fd772c6b693505a9512f25737d610d9','02fcd410a4001f968b04f4071534437875a122ae7e40d7262adf13f0e552c52d');
INSERT INTO "journal" VALUES(7,1754640000000,'lee','resolved','PAINT-1','{"event": "890724f6-07fb-49a3-be0e-90dc9db6cf0b", "note": "필터 청소", "timestamp": 1754640000000}','02fcd410a4001f968b04f4071534437875a122ae7e40d7262adf13f0e552c52d','4f7ed00390e528a8975e3e7f62cc133055cbc8ba90c18d7100b9996e25a64134');
INSERT INTO "journal" VALUES(8,1754640000000,'lee','parked','PAINT-1','{"event": "890724f6-07fb-49a3-be0e-90dc9db6cf0b", "why": "too-large"}','4f7ed00390e528a8975e3e7f62cc133055cbc8ba90c18d7100b9996e25a64134','cde685847f55b2b78f0aaec40982aca62b3313b792c84e9ad7436664b30b4db2');
INSERT INTO "journal" VALUES(9,1754640000000,'lee','resolved','PRESS-1','{"event": "561b0d97-1570-4be2-b386-d4bdc88b484f", "note": "패킹 교체", "timestamp": 1754640000000}','cde685847f55b2b78f0aaec40982aca62b3313b792c84e9ad7436664b30b4db2','b69483826ac35dade9f932e8f7f8fecc3be60cd84fe68199ab2072d09c3f4150');
INSERT INTO "journal" VALUES(10,1754640000000,'lee','resolved','AGAIN','{"event": "4c7d1a23-754b-4915-82cf-a6fb00880eed", "note": "재기동", "timestamp": 1754640000000}','b69483826ac35dade9f932e8f7f8fecc3be60cd84fe68199ab2072d09c3f4150','ab049b5454dcd6b9b5a1ed179e7647b36c599c849951ce5073b7770526038dc6');
INSERT INTO "journal" VALUES(11,1754640000000,'lee','held','AGAIN','{"event": "4c7d1a23-754b-4915-82cf-a6fb00880eed", "raised again": 1754639940000}','ab049b5454dcd6b9b5a1ed179e7647b36c599c849951ce5073b7770526038dc6','f37543d4089353ca5e2315569c535febc58ab07dbf105245ebf7da65bf98017e');
INSERT INTO "journal" VALUES(12,1754640000000,'lee','secured','PRESS-1','{"checks": ["power", "lock", "tag"], "unchecked": ["zero"], "why": "압력계 고장", "episode": 1}','f37543d4089353ca5e2315569c535febc58ab07dbf105245ebf7da65bf98017e','039ac0568e9d68b3e41521af096ab053bddc9135915e04d146acd04a1a1b86ef');
CREATE TABLE last_reads (
    scope TEXT, partition INTEGER, offset INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY (scope, partition));
INSERT INTO "last_reads" VALUES('cluster/t',0,15,1754639764000,1212047510);
CREATE TABLE lockouts (
    seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, issue TEXT NOT NULL, opened_ms INTEGER NOT NULL,
    opened_digest INTEGER, at_ms INTEGER NOT NULL, operator TEXT NOT NULL, done TEXT NOT NULL, missing TEXT NOT NULL,
    why_not TEXT NOT NULL);
INSERT INTO "lockouts" VALUES(1,'cluster/t','PRESS-1',1754639460000,362772390,1754640000000,'lee','power lock tag','zero','압력계 고장');
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, scope TEXT NOT NULL, issue TEXT NOT NULL, author TEXT NOT NULL,
    name TEXT NOT NULL, text TEXT NOT NULL, at_ms INTEGER NOT NULL, state TEXT NOT NULL,
    precautions TEXT NOT NULL, confidence REAL, memo TEXT NOT NULL, problem TEXT NOT NULL,
    card TEXT NOT NULL, holds_steps INTEGER NOT NULL, alert TEXT NOT NULL DEFAULT 'none', UNIQUE (scope, id));
INSERT INTO "messages" VALUES(1,'b12d76d7-1a6a-40fc-bb67-75f89e26baf9','cluster/t','WELD-1','person','lee','교대 조에 알림',1754640000000,'sent','[]',NULL,'{}','','',1,'none');
INSERT INTO "messages" VALUES(2,'e8f18605-7121-42c2-8882-f1b371c0534e','cluster/t','WELD-1','operator','lee','다음은?',1754640000000,'sending','[]',NULL,'{}','','',1,'none');
INSERT INTO "messages" VALUES(3,'2f083818-1bbe-409b-8190-1a12ea36531d','cluster/t','PRESS-1','system','lee','',1754640000000,'sent','[]',NULL,'{"secured": "checked", "unchecked": "zero", "why": "압력계 고장"}','','',0,'none');
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "meta" VALUES('scope','cluster/t');
INSERT INTO "meta" VALUES('operator','lee');
INSERT INTO "meta" VALUES('complete cluster/t','1754639995647');
CREATE TABLE offsets (scope TEXT, partition INTEGER, next_offset INTEGER NOT NULL, PRIMARY KEY (scope, partition));
INSERT INTO "offsets" VALUES('cluster/t',0,16);
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, issue TEXT NOT NULL, action TEXT NOT NULL,
    timestamp_ms INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, headers TEXT NOT NULL,
    operator TEXT NOT NULL, note TEXT NOT NULL, state TEXT NOT NULL, scope TEXT NOT NULL,
    created_ms INTEGER NOT NULL, partition INTEGER, offset INTEGER, problem TEXT NOT NULL DEFAULT '');
INSERT INTO "outbox" VALUES(1,'0164ee9d-42c1-4107-8057-f4877fc7396b','DUP','andon.issue.resolved',1754640000000,X'445550',X'7B226973737565223A2022445550222C202270726F6365737354797065223A2022EC9EA5EC95A0ECA091EC8898222C20226D6F646554797065223A2022ED9484EBA088EC8AA4222C20226D6F64654C6F674964223A206E756C6C2C20226465736372697074696F6E223A2022EC9CA0EC959520EC9DB4EC8381222C20226973536F6C766564223A20747275652C202274696D657374616D70223A2022323032352D30382D30385430383A30303A30302E3030305A227D','[["__TypeId__","amF2YS51dGlsLkhhc2hNYXA="],["ce_specversion","MS4w"],["ce_id","MDE2NGVlOWQtNDJjMS00MTA3LTgwNTctZjQ4NzdmYzczOTZi"],["ce_type","YW5kb24uaXNzdWUucmVzb2x2ZWQ="],["ce_source","L3Rlcm1pbmFscy9QMS0wMw=="],["ce_time","MjAyNS0wOC0wOFQwODowMDowMC4wMDBa"],["ce_subject","RFVQ"],["ce_operator","bGVl"],["ce_note","67Ko7Yq4IOq1kOyytA=="]]','lee','벨트 교체','confirmed','cluster/t',1754640000000,0,13,'');
INSERT INTO "outbox" VALUES(2,'890724f6-07fb-49a3-be0e-90dc9db6cf0b','PAINT-1','andon.issue.resolved',1754640000000,X'5041494E542D31',X'7B226973737565223A20225041494E542D31222C202270726F6365737354797065223A2022EC9EA5EC95A0ECA091EC8898222C20226D6F646554797065223A2022EB8F84EC9EA5EC84A4EBB984222C20226D6F64654C6F674964223A206E756C6C2C20226465736372697074696F6E223A2022EBB680EC8AA420EC98A8EB8F84222C20226973536F6C766564223A20747275652C202274696D657374616D70223A2022323032352D30382D30385430383A30303A30302E3030305A227D','[["__TypeId__","amF2YS51dGlsLkhhc2hNYXA="],["ce_specversion","MS4w"],["ce_id","ODkwNzI0ZjYtMDdmYi00OWEzLWJlMGUtOTBkYzlkYjZjZjBi"],["ce_type","YW5kb24uaXNzdWUucmVzb2x2ZWQ="],["ce_source","L3Rlcm1pbmFscy9QMS0wMw=="],["ce_time","MjAyNS0wOC0wOFQwODowMDowMC4wMDBa"],["ce_subject","UEFJTlQtMQ=="],["ce_operator","bGVl"],["ce_note","7ZWE7YSwIOyyreyGjA=="]]','lee','필터 청소','parked','cluster/t',1754640000000,NULL,NULL,'too-large
t');
INSERT INTO "outbox" VALUES(3,'561b0d97-1570-4be2-b386-d4bdc88b484f','PRESS-1','andon.issue.resolved',1754640000000,X'50524553532D31',X'7B226973737565223A202250524553532D31222C202270726F6365737354797065223A2022EC9EA5EC95A0ECA091EC8898222C20226D6F646554797065223A2022ED9484EBA088EC8AA4222C20226D6F64654C6F674964223A20224C31222C20226465736372697074696F6E223A2022EC9CA0EC959520EB8884EC9CA0222C20226973536F6C766564223A20747275652C202274696D657374616D70223A2022323032352D30382D30385430383A30303A30302E3030305A222C20226C696E65223A20337D','[["__TypeId__","amF2YS51dGlsLkhhc2hNYXA="],["ce_specversion","MS4w"],["ce_id","NTYxYjBkOTctMTU3MC00YmUyLWIzODYtZDRiZGM4OGI0ODRm"],["ce_type","YW5kb24uaXNzdWUucmVzb2x2ZWQ="],["ce_source","L3Rlcm1pbmFscy9QMS0wMw=="],["ce_time","MjAyNS0wOC0wOFQwODowMDowMC4wMDBa"],["ce_subject","UFJFU1MtMQ=="],["ce_operator","bGVl"],["ce_note","7Yyo7YK5IOq1kOyytA=="]]','lee','패킹 교체','waiting','cluster/t',1754640000000,NULL,NULL,'');
INSERT INTO "outbox" VALUES(4,'4c7d1a23-754b-4915-82cf-a6fb00880eed','AGAIN','andon.issue.resolved',1754640000000,X'414741494E',X'7B226973737565223A2022414741494E222C202270726F6365737354797065223A2022EC9EA5EC95A0ECA091EC8898222C20226D6F646554797065223A2022ED9484EBA088EC8AA4222C20226D6F64654C6F674964223A206E756C6C2C20226465736372697074696F6E223A2022EC9CA0EC959520EC9DB4EC8381222C20226973536F6C766564223A20747275652C202274696D657374616D70223A2022323032352D30382D30385430383A30303A30302E3030305A227D','[["__TypeId__","amF2YS51dGlsLkhhc2hNYXA="],["ce_specversion","MS4w"],["ce_id","NGM3ZDFhMjMtNzU0Yi00OTE1LTgyY2YtYTZmYjAwODgwZWVk"],["ce_type","YW5kb24uaXNzdWUucmVzb2x2ZWQ="],["ce_source","L3Rlcm1pbmFscy9QMS0wMw=="],["ce_time","MjAyNS0wOC0wOFQwODowMDowMC4wMDBa"],["ce_subject","QUdBSU4="],["ce_operator","bGVl"],["ce_note","7J6s6riw64+Z"]]','lee','재기동','held','cluster/t',1754640000000,NULL,NULL,'');
CREATE TABLE outbox_decisions (
    event_id TEXT PRIMARY KEY, known_open_ms INTEGER, raised_again_ms INTEGER);
INSERT INTO "outbox_decisions" VALUES('0164ee9d-42c1-4107-8057-f4877fc7396b',1754639701000,NULL);
INSERT INTO "outbox_decisions" VALUES('890724f6-07fb-49a3-be0e-90dc9db6cf0b',1754639640000,NULL);
INSERT INTO "outbox_decisions" VALUES('561b0d97-1570-4be2-b386-d4bdc88b484f',1754639460000,NULL);
INSERT INTO "outbox_decisions" VALUES('4c7d1a23-754b-4915-82cf-a6fb00880eed',1754639760000,1754639940000);
CREATE TABLE overruled (scope TEXT, issue TEXT, event TEXT NOT NULL, PRIMARY KEY (scope, issue));
INSERT INTO "overruled" VALUES('cluster/t','GONE','[1754639764000, "eyJpc3N1ZSI6ICJHT05FIiwgInByb2Nlc3NUeXBlIjogIuyepeyVoOygkeyImCIsICJtb2RlVHlwZSI6ICLtlITroIjsiqQiLCAibW9kZUxvZ0lkIjogbnVsbCwgImRlc2NyaXB0aW9uIjogIuuYkCIsICJpc1NvbHZlZCI6IGZhbHNlLCAidGltZXN0YW1wIjogIjIwMjUtMDgtMDhUMDc6NTY6MDQuMDAwWiJ9", "[[\"__TypeId__\",\"amF2YS51dGlsLkhhc2hNYXA=\"]]", false]');
CREATE TABLE quarantine (
    seq INTEGER PRIMARY KEY, scope TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
    offset INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL, reason TEXT NOT NULL, key BLOB, value BLOB,
    headers TEXT NOT NULL, UNIQUE (scope, partition, offset, timestamp_ms));
INSERT INTO "quarantine" VALUES(1,'cluster/t','t',0,8,1754639760000,'The value is not JSON',NULL,X'6E6F206A736F6E','[]');
INSERT INTO "quarantine" VALUES(2,'cluster/t','t',0,9,1754639760000,'The value is a JSON array, not one issue',NULL,X'5B312C20325D','[]');
CREATE TABLE snapshot_sums (scope TEXT PRIMARY KEY, issues INTEGER NOT NULL, sum INTEGER NOT NULL);
INSERT INTO "snapshot_sums" VALUES('cluster/t',7,1766484947);
CREATE TABLE unread (scope TEXT, issue TEXT, count INTEGER NOT NULL, PRIMARY KEY (scope, issue));
INSERT INTO "unread" VALUES('cluster/t','AGAIN',1);
INSERT INTO "unread" VALUES('cluster/t','GONE',1);
INSERT INTO "unread" VALUES('cluster/t','WELD-1',2);
INSERT INTO "unread" VALUES('cluster/t','PRESS-1',1);
CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX messages_issue ON messages (scope, issue);
CREATE INDEX lockouts_issue ON lockouts (scope, issue);
COMMIT;
PRAGMA user_version = 4;
