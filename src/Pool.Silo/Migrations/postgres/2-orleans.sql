-- The tables and queries of Orleans' ADO.NET providers. Orleans reads its queries from OrleansQuery. Unlike the scripts
-- that come with it, the whole key of a grain's state is the primary key, so that two first writes cannot both win and
-- leave two rows that nobody can read.
CREATE TABLE OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);

-- Snapshots: a cache of the journal that may be deleted at any time. The free part of each page keeps updates in it.
CREATE TABLE OrleansStorage
(
    GrainIdHash            int         NOT NULL,
    GrainTypeHash          int         NOT NULL,
    GrainIdN0              bigint      NOT NULL,
    GrainIdN1              bigint      NOT NULL,
    GrainIdExtensionString text        NOT NULL DEFAULT '', -- '' stands for NULL, which a key cannot compare
    GrainTypeString        text        NOT NULL,
    ServiceId              text        NOT NULL,
    PayloadBinary          bytea       NULL,
    ModifiedOn             timestamptz NOT NULL,
    Version                int         NOT NULL,
    PRIMARY KEY (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainIdExtensionString, GrainTypeString, ServiceId)
) WITH (fillfactor = 70);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
SELECT PayloadBinary, Version FROM OrleansStorage
 WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
   AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''') AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId'),
('WriteToStorageKey', '
WITH changed AS (
  UPDATE OrleansStorage SET PayloadBinary = @PayloadBinary, ModifiedOn = now(), Version = Version + 1
   WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
     AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''') AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId
     AND Version = @GrainStateVersion
  RETURNING Version),
first AS (
  INSERT INTO OrleansStorage (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainIdExtensionString, GrainTypeString, ServiceId, PayloadBinary, ModifiedOn, Version)
  SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), @GrainTypeString, @ServiceId, @PayloadBinary, now(), 1
   WHERE @GrainStateVersion IS NULL
  ON CONFLICT DO NOTHING
  RETURNING Version)
SELECT Version AS NewGrainStateVersion FROM changed UNION ALL SELECT Version FROM first'),
('ClearStorageKey', '
UPDATE OrleansStorage SET PayloadBinary = NULL, ModifiedOn = now(), Version = Version + 1
 WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
   AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''') AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId
   AND Version = @GrainStateVersion
RETURNING Version AS NewGrainStateVersion'),
('DeleteStorageKey', '
DELETE FROM OrleansStorage
 WHERE GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
   AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '''') AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId
   AND Version = @GrainStateVersion
RETURNING Version + 1 AS NewGrainStateVersion');

-- Membership: who is in the cluster. Every change raises the version of the whole table, and fails where another was faster.
CREATE TABLE OrleansMembershipVersionTable
(
    DeploymentId text        PRIMARY KEY,
    Timestamp    timestamptz NOT NULL DEFAULT now(),
    Version      int         NOT NULL DEFAULT 0
);

CREATE TABLE OrleansMembershipTable
(
    DeploymentId text        NOT NULL REFERENCES OrleansMembershipVersionTable,
    Address      text        NOT NULL,
    Port         int         NOT NULL,
    Generation   int         NOT NULL,
    SiloName     text        NOT NULL,
    HostName     text        NOT NULL,
    Status       int         NOT NULL,
    ProxyPort    int         NULL,
    SuspectTimes text        NULL,
    StartTime    timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('UpdateIAmAlivetimeKey', '
UPDATE OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime
 WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation'),
('InsertMembershipVersionKey', '
WITH begun AS (INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*)::int FROM begun'),
('InsertMembershipKey', '
WITH raised AS (
  UPDATE OrleansMembershipVersionTable SET Version = Version + 1, Timestamp = now()
   WHERE DeploymentId = @DeploymentId AND Version = @Version
     AND NOT EXISTS (SELECT 1 FROM OrleansMembershipTable known
                      WHERE known.DeploymentId = @DeploymentId AND known.Address = @Address AND known.Port = @Port AND known.Generation = @Generation)
  RETURNING 1),
joined AS (
  INSERT INTO OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
  SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM raised
  RETURNING 1)
SELECT count(*)::int FROM joined'),
('UpdateMembershipKey', '
WITH raised AS (
  UPDATE OrleansMembershipVersionTable SET Version = Version + 1, Timestamp = now()
   WHERE DeploymentId = @DeploymentId AND Version = @Version
  RETURNING 1),
changed AS (
  UPDATE OrleansMembershipTable SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
   WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation AND EXISTS (SELECT 1 FROM raised)
  RETURNING 1)
SELECT count(*)::int FROM changed'),
('MembershipReadRowKey', '
SELECT version.DeploymentId, member.Address, member.Port, member.Generation, member.SiloName, member.HostName, member.Status, member.ProxyPort,
       member.SuspectTimes, member.StartTime, member.IAmAliveTime, version.Version
  FROM OrleansMembershipVersionTable version
  LEFT JOIN OrleansMembershipTable member
    ON member.DeploymentId = version.DeploymentId AND member.Address = @Address AND member.Port = @Port AND member.Generation = @Generation
 WHERE version.DeploymentId = @DeploymentId'),
('MembershipReadAllKey', '
SELECT version.DeploymentId, member.Address, member.Port, member.Generation, member.SiloName, member.HostName, member.Status, member.ProxyPort,
       member.SuspectTimes, member.StartTime, member.IAmAliveTime, version.Version
  FROM OrleansMembershipVersionTable version
  LEFT JOIN OrleansMembershipTable member ON member.DeploymentId = version.DeploymentId
 WHERE version.DeploymentId = @DeploymentId'),
('GatewaysQueryKey', '
SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0'),
('CleanupDefunctSiloEntriesKey', '
DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3'),
('DeleteMembershipTableEntriesKey', '
DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId;
DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId');
