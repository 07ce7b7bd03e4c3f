{{/* What everything is called: the release, with the chart's name where that does not hold it. */}}
{{- define "tasks.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains "insightmesh-tasks" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-insightmesh-tasks" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "tasks.selector" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default "insightmesh-tasks" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tasks.labels" -}}
{{ include "tasks.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "tasks.secret" -}}
{{- .Values.existingSecret | default (include "tasks.name" .) -}}
{{- end -}}

{{- define "tasks.filesClaim" -}}
{{- .Values.files.existingClaim | default (printf "%s-files" (include "tasks.name" .)) -}}
{{- end -}}

{{/* The ConfigMap with the tasks of one file. */}}
{{- define "tasks.configMap" -}}
{{- .Values.tasks.existingConfigMap | default (printf "%s-custom" (include "tasks.name" .)) -}}
{{- end -}}

{{/* The ConfigMap of a task that is a folder: its name may have underscores, an object's may not. */}}
{{- define "tasks.folderConfigMap" -}}
{{- printf "%s-task-%s" (include "tasks.name" .root) (.folder | replace "_" "-") | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What keeps a container in its place. */}}
{{- define "tasks.locked" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
