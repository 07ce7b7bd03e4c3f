# shellcheck shell=bash
# MySQL's image sources this when its volume is new: the second database of the contract, for the data of tasks.
docker_process_sql <<SQL
CREATE DATABASE IF NOT EXISTS insightmesh_data;
GRANT ALL ON insightmesh_data.* TO '$MYSQL_USER'@'%';
SQL
