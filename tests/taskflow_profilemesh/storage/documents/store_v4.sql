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
INSERT INTO "profilemesh_decisions" VALUES(1,'pin','warehouse','public.flights','2026-01-01 12:00:00.000000','profile-1',NULL,NULL,NULL,'as agreed');
CREATE TABLE profilemesh_events (
	event_id INTEGER NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	source VARCHAR(250) NOT NULL, 
	table_name VARCHAR(500) NOT NULL, 
	at DATETIME NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (event_id)
);
INSERT INTO "profilemesh_events" VALUES(1,'profiling_completed','warehouse','public.flights','2026-01-01 12:00:00.000000','{"rows": 4}');
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
CREATE TABLE profilemesh_profiles (
	profile_id VARCHAR(64) NOT NULL, 
	schema_version INTEGER NOT NULL, 
	document BLOB NOT NULL, 
	drift BLOB NOT NULL, 
	PRIMARY KEY (profile_id), 
	FOREIGN KEY(profile_id) REFERENCES profilemesh_runs (profile_id) ON DELETE CASCADE
);
INSERT INTO "profilemesh_profiles" VALUES('profile-1',3,X'789CB552C96E1B310CFD95826721B09D3687B905E8B1D79E5A63A0D1D0B6602D038972EC1AF3EFA166B793000582E822717B7A7CE415A23AA095E50943D4DE41F128A0097EA70D42711DA2F945B2EA5D4E5ABE6167F4FE4011C494034DAA8C56D00A50DE24EB22147FA6FC1A9BB246232F5C71D4AEEE20BC24366B544606AC4BBA345DAA6720FCD60454BA2325C025637A021412B662825532048D6106253CBF8739B8EF70B6CC35F89752F9E4088AEF53EF75C9EED87996BDCC727C495730070BC0B35419E7965F2E19CDB500AB9DB6C942B17A58B125CFBDB5C956AD2369C7184C77A8E0E1926FBA564ED2A44C8B0B418CF17556768CAC3F8C6C6E235945976CC52B94FFB22899FF3A5388540FAF930C5A3A8563E0882F0E23E7E78658BB14C8473DD9E4491AE69B73FF61F08B961DEE25E9138E2ECE70D22D2CED76AC0ACD096DAF45D055A24EDB2B345E3BCA33CDBA6546DCD2965B4A36991E3DF0E5BB84C7BB23560F4F7727436CDB2CD19B0DF9DC827E6625E0E72F58EC04C8BF69C5A782FF5D8DAEFEBDF9FF7EFE20B0F8E2663B0CBA3D1DFAED18E96DC4B0299B7B857F2C58332DB40D5D16F3AD8C74C779B8FC41FB0A44A78EB6',X'789CABAE0500017500F9');
INSERT INTO "profilemesh_profiles" VALUES('profile-2',3,X'789CB552C96E1B310CFD95826721B09D3687B905E8B1D79E5A63A0D1D0B6602D038972EC1AF3EFA166B793000582E822717B7A7CE415A23AA095E50943D4DE41F128A0097EA70D42711DA2F945B2EA5D4E5ABE6167F4FE4011C494034DAA8C56D00A50DE24EB22147FA6FC1A9BB246232F5C71D4AEEE20BC24366B544606AC4BBA345DAA6720FCD60454BA2325C025637A021412B662825532048D6106253CBF8739B8EF70B6CC35F89752F9E4088AEF53EF75C9EED87996BDCC727C495730070BC0B35419E7965F2E19CDB500AB9DB6C942B17A58B125CFBDB5C956AD2369C7184C77A8E0E1926FBA564ED2A44C8B0B418CF17556768CAC3F8C6C6E235945976CC52B94FFB22899FF3A5388540FAF930C5A3A8563E0882F0E23E7E78658BB14C8473DD9E4491AE69B73FF61F08B961DEE25E9138E2ECE70D22D2CED76AC0ACD096DAF45D055A24EDB2B345E3BCA33CDBA6546DCD2965B4A36991E3DF0E5BB84C7BB23560F4F7727436CDB2CD19B0DF9DC827E6625E0E72F58EC04C8BF69C5A782FF5D8DAEFEBDF9FF7EFE20B0F8E2663B0CBA3D1DFAED18E96DC4B0299B7B857F2C58332DB40D5D16F3AD8C74C779B8FC41FB0A44A78EB6',X'789C2DC94B0A80300C00D1BB64DD13F42A221292F4036D164D2A8878770BBA7C3337B0B8900B434CD84C02989C32AA5F1075B6B63C7BC7B108102055E5AAD9206EFB5A54A4E3410535CBDFB89AA3D2C7E70562C4217F');
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
INSERT INTO "profilemesh_results" VALUES('profile-1',7,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','sum',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',8,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','mean',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',9,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','std',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',10,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','variance',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',11,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','coefficient_of_variation',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',12,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','zero_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',13,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','negative_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',14,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','nan_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',15,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','infinite_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',16,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','distinct_count',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',17,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','unique_ratio',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',18,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','is_key_candidate',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',19,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.01',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',20,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.05',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',21,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.25',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',22,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.50',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',23,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.75',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',24,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.95',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',25,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','quantile_0.99',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',26,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','dep_delay','iqr',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',27,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','null_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',28,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','null_ratio',0.25,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',29,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','min',NULL,'DL','exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',30,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','max',NULL,'a\u0000b','exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',31,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','length_min',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',32,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','length_mean',2.33333333333333348136e+00,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',33,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','length_max',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',34,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','empty_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',35,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','blank_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',36,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','distinct_count',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',37,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','unique_ratio',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-1',38,'run-1','warehouse','public.flights','2026-01-01 13:00:00.000000','carrier','is_key_candidate',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',0,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000',NULL,'row_count',4.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',1,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000',NULL,'profiled_rows',4.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',2,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000',NULL,'column_count',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',3,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','null_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',4,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','null_ratio',0.25,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',5,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','min',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',6,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','max',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',7,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','sum',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',8,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','mean',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',9,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','std',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',10,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','variance',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',11,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','coefficient_of_variation',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',12,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','zero_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',13,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','negative_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',14,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','nan_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',15,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','infinite_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',16,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','distinct_count',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',17,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','unique_ratio',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',18,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','is_key_candidate',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',19,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.01',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',20,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.05',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',21,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.25',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',22,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.50',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',23,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.75',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',24,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.95',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',25,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','quantile_0.99',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',26,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','dep_delay','iqr',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',27,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','null_count',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',28,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','null_ratio',0.25,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',29,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','min',NULL,'DL','exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',30,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','max',NULL,'a\u0000b','exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',31,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','length_min',2.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',32,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','length_mean',2.33333333333333348136e+00,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',33,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','length_max',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',34,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','empty_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',35,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','blank_count',0.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',36,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','distinct_count',3.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',37,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','unique_ratio',1.0,NULL,'exact');
INSERT INTO "profilemesh_results" VALUES('profile-2',38,'run-2','warehouse','public.flights','2026-01-01 14:00:00.000000','carrier','is_key_candidate',0.0,NULL,'exact');
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
INSERT INTO "profilemesh_table_state" VALUES('profile-2',0,'warehouse','public.flights','2026-01-01 14:00:00.000000',X'746865207374617465206F6620612072756E');
CREATE TABLE profilemesh_version (
	id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	runs_table VARCHAR(45), 
	results_table VARCHAR(45), 
	PRIMARY KEY (id)
);
INSERT INTO "profilemesh_version" VALUES(1,4,'profilemesh_runs','profilemesh_results');
CREATE INDEX ix_profilemesh_runs_run_id ON profilemesh_runs (run_id);
CREATE INDEX profilemesh_runs_by_table ON profilemesh_runs (source, table_name, profiled_at);
CREATE INDEX profilemesh_events_by_table ON profilemesh_events (source, table_name, at);
CREATE INDEX profilemesh_decisions_by_table ON profilemesh_decisions (source, table_name, at);
CREATE INDEX ix_profilemesh_partials_saved_at ON profilemesh_partials (saved_at);
CREATE INDEX ix_profilemesh_partials_run_id ON profilemesh_partials (run_id);
CREATE INDEX profilemesh_results_by_metric ON profilemesh_results (table_name, metric, profiled_at);
CREATE INDEX profilemesh_table_state_by_table ON profilemesh_table_state (source, table_name);
COMMIT;
