BEGIN TRANSACTION;
CREATE TABLE profilemesh_decisions (
	decision_id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	source VARCHAR(250) NOT NULL, 
	table_name VARCHAR(500) NOT NULL, 
	at DATETIME NOT NULL, 
	profile_id VARCHAR(64), 
	column_name TEXT, 
	metric VARCHAR(64), 
	until DATETIME, 
	note TEXT NOT NULL, 
	PRIMARY KEY (decision_id)
);
INSERT INTO "profilemesh_decisions" VALUES(1,'pin','warehouse','public.flights','2026-01-01 16:00:00.000000','profile-1',NULL,NULL,NULL,'before the move');
CREATE TABLE profilemesh_events (
	event_id INTEGER NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	source VARCHAR(250) NOT NULL, 
	table_name VARCHAR(500) NOT NULL, 
	at DATETIME NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE TABLE profilemesh_partials (
	partial_key VARCHAR(64) NOT NULL, 
	piece INTEGER NOT NULL, 
	run_id VARCHAR(250) NOT NULL, 
	source VARCHAR(250) NOT NULL, 
	table_name VARCHAR(500) NOT NULL, 
	part TEXT NOT NULL, 
	saved_at DATETIME NOT NULL, 
	state BLOB NOT NULL, 
	PRIMARY KEY (partial_key, piece)
);
INSERT INTO "profilemesh_partials" VALUES('deb451f8cfad9b7fcddd9fe79ef161c3540c47a1fa5bdced731ddfa2c0629595',0,'run-1','warehouse','public.flights','a','2026-01-01 12:00:00.000000',X'61');
CREATE TABLE profilemesh_profiles (
	profile_id VARCHAR(64) NOT NULL, 
	schema_version INTEGER NOT NULL, 
	document BLOB NOT NULL, 
	drift BLOB NOT NULL, 
	PRIMARY KEY (profile_id), 
	FOREIGN KEY(profile_id) REFERENCES profilemesh_runs (profile_id) ON DELETE CASCADE
);
INSERT INTO "profilemesh_profiles" VALUES('profile-1',1,X'789CB552CB6EDB3010FC9562CF44603B6D0EBA05E8B1D79E5A43A0A8B54D980F815C3A760DFD7B967ADB498002417891F6359C1DCE15A23AA095E50943D4DE41B116D004BFD306A1B80ED5FC47B2EA534E5AFEC2CEE8FD812288A9079A5419ADA015A0BC49D64528FE4CFD3536658D465E78E2A85DDD4178491CD6A88C0C58977469BA56CF40F8AD09A874474A804BC6F40428246CC504AB64081AC30C4A787E0F7348DFE16C996BF02FA5F2C91114DFA7DDEB92D3B1CB2C7799E5F892AD602E168067A932CE2DBF3C3286FC54563B6D938562F5B0E2489EFB6893A35A47D28E3198EE30F128807CD3AD729226655A3C0862ACAFB3B26365FD6165735BC92ABA642BB650BECBA2CC3ECA1422D5C3DF49062D9DC2B170C4178791FBF342AC5D0AE4A39E62F2240DF3CDBDFF30F8C5CA0EF792F409C7147738E91691763B5685E686B6D722E82A51A7ED151AAF1DE537CDBA6546BCD296574A36991E3DF0C7770D8F7747AC1E9EEE4E86D8B659A2370EF99C413F6309F8F90B169E00F937ADF854F0BFD6E8E6DF7BFFDFCF1F141657DCB8C3A0DBD3A177C7486F2306A76CEE15FEB160CDB4D0367459BC6F65A43BCE8FCB17B4AF3B3D8EB4',X'789CABAE0500017500F9');
INSERT INTO "profilemesh_profiles" VALUES('profile-2',1,X'789CB552CB6EDB3010FC9562CF44603B6D0EBA05E8B1D79E5A43A0A8B54D980F815C3A760DFD7B967ADB498002417891F6359C1DCE15A23AA095E50943D4DE41B116D004BFD306A1B80ED5FC47B2EA534E5AFEC2CEE8FD812288A9079A5419ADA015A0BC49D64528FE4CFD3536658D465E78E2A85DDD4178491CD6A88C0C58977469BA56CF40F8AD09A874474A804BC6F40428246CC504AB64081AC30C4A787E0F7348DFE16C996BF02FA5F2C91114DFA7DDEB92D3B1CB2C7799E5F892AD602E168067A932CE2DBF3C3286FC54563B6D938562F5B0E2489EFB6893A35A47D28E3198EE30F128807CD3AD729226655A3C0862ACAFB3B26365FD6165735BC92ABA642BB650BECBA2CC3ECA1422D5C3DF49062D9DC2B170C4178791FBF342AC5D0AE4A39E62F2240DF3CDBDFF30F8C5CA0EF792F409C7147738E91691763B5685E686B6D722E82A51A7ED151AAF1DE537CDBA6546BCD296574A36991E3DF0C7770D8F7747AC1E9EEE4E86D8B659A2370EF99C413F6309F8F90B169E00F937ADF854F0BFD6E8E6DF7BFFDFCF1F141657DCB8C3A0DBD3A177C7486F2306A76CEE15FEB160CDB4D0367459BC6F65A43BCE8FCB17B4AF3B3D8EB4',X'789C2DC9410A80300C05D1BB64DD13F42A22129ADF3650B3305110F1EE0ABA9C371709022520942B0F4722C7814DE3A46CFB1889AA9AA835A73CCDEF2D1D2B2FA5B335FC26EAC156BEBC1FDF931D83');
CREATE TABLE profilemesh_results (
	profile_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	run_id VARCHAR(250) NOT NULL, 
	source VARCHAR(250) NOT NULL, 
	table_name VARCHAR(500) NOT NULL, 
	profiled_at DATETIME NOT NULL, 
	column_name VARCHAR(256), 
	metric VARCHAR(64) NOT NULL, 
	numeric_value FLOAT, 
	text_value TEXT, 
	value_precision VARCHAR(16) NOT NULL, 
	PRIMARY KEY (profile_id, position), 
	FOREIGN KEY(profile_id) REFERENCES profilemesh_runs (profile_id) ON DELETE CASCADE
);
INSERT INTO "profilemesh_results" VALUES('profile-1',0,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000',NULL,'row_count',4.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',1,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000',NULL,'profiled_rows',4.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',2,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000',NULL,'column_count',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',3,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','null_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',4,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','null_ratio',0.25,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',5,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','min',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',6,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','max',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',7,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','mean',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',8,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','std',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',9,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','variance',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',10,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','sum',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',11,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','zero_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',12,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','negative_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',13,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','nan_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',14,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','infinite_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',15,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','distinct_count',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',16,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.01',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',17,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.05',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',18,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.25',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',19,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.50',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',20,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.75',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',21,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.95',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',22,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.99',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',23,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','null_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',24,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','null_ratio',0.25,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',25,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','min',NULL,'DL','exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',26,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','max',NULL,'a\u0000b','exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',27,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','length_min',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',28,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','length_mean',2.33333333333333348136e+00,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',29,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','length_max',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',30,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','empty_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',31,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','blank_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',32,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','distinct_count',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',0,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000',NULL,'row_count',4.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',1,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000',NULL,'profiled_rows',4.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',2,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000',NULL,'column_count',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',3,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','null_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',4,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','null_ratio',0.25,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',5,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','min',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',6,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','max',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',7,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','mean',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',8,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','std',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',9,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','variance',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',10,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','sum',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',11,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','zero_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',12,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','negative_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',13,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','nan_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',14,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','infinite_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',15,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','distinct_count',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',16,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.01',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',17,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.05',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',18,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.25',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',19,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.50',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',20,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.75',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',21,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.95',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',22,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.99',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',23,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','null_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',24,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','null_ratio',0.25,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',25,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','min',NULL,'DL','exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',26,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','max',NULL,'a\u0000b','exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',27,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','length_min',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',28,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','length_mean',2.33333333333333348136e+00,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',29,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','length_max',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',30,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','empty_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',31,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','blank_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',32,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','distinct_count',3.0,NULL,'exact');
CREATE TABLE profilemesh_runs (
	profile_id VARCHAR(64) NOT NULL, 
	run_key VARCHAR(64) NOT NULL, 
	run_id VARCHAR(250) NOT NULL, 
	source VARCHAR(250) NOT NULL, 
	table_name VARCHAR(500) NOT NULL, 
	profiled_at DATETIME NOT NULL, 
	logical_date DATETIME, 
	origin TEXT, 
	duration_seconds FLOAT, 
	row_count BIGINT NOT NULL, 
	column_count INTEGER NOT NULL, 
	exact BOOLEAN NOT NULL, 
	drift_severity VARCHAR(16), 
	finding_count INTEGER NOT NULL, 
	passed BOOLEAN NOT NULL, 
	PRIMARY KEY (profile_id), 
	UNIQUE (run_key)
);
INSERT INTO "profilemesh_runs" VALUES('profile-1','1c009e656290ef21f12eba4908e60f0a650663ffd0f10f116189f294b3e73959','run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','2026-01-01 13:00:00.000000','shop.profile.1',0.25,4,2,1,NULL,0,1);
INSERT INTO "profilemesh_runs" VALUES('profile-2','792b9f6e1411cdf728a38f157ae8df2a10452ea9e88945b6a1e3152fddd01653','run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','2026-01-01 14:00:00.000000','shop.profile.2',0.25,4,2,1,NULL,0,1);
CREATE TABLE profilemesh_table_state (
	profile_id VARCHAR(64) NOT NULL, 
	piece INTEGER NOT NULL, 
	source VARCHAR(250) NOT NULL, 
	table_name VARCHAR(500) NOT NULL, 
	profiled_at DATETIME NOT NULL, 
	state BLOB NOT NULL, 
	PRIMARY KEY (profile_id, piece), 
	FOREIGN KEY(profile_id) REFERENCES profilemesh_runs (profile_id) ON DELETE CASCADE
);
INSERT INTO "profilemesh_table_state" VALUES('profile-2',0,'warehouse','public.flights','2026-01-01 14:00:00.000000',X'746865207374617465206F662072756E2032');
CREATE TABLE profilemesh_version (
	id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "profilemesh_version" VALUES(1,3);
CREATE INDEX ix_profilemesh_runs_run_id ON profilemesh_runs (run_id);
CREATE INDEX profilemesh_runs_by_table ON profilemesh_runs (source, table_name, profiled_at);
CREATE INDEX profilemesh_events_by_table ON profilemesh_events (source, table_name, at);
CREATE INDEX ix_profilemesh_partials_saved_at ON profilemesh_partials (saved_at);
CREATE INDEX ix_profilemesh_partials_run_id ON profilemesh_partials (run_id);
CREATE INDEX profilemesh_results_by_metric ON profilemesh_results (table_name, metric, profiled_at);
CREATE INDEX profilemesh_table_state_by_table ON profilemesh_table_state (source, table_name);
CREATE INDEX profilemesh_decisions_by_table ON profilemesh_decisions (source, table_name, at);
COMMIT;
