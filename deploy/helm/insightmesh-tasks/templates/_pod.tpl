{{/* One server; `root` is the chart's context, `role` what the server does. */}}
{{- define "tasks.pod" -}}
{{- $values := .root.Values -}}
{{- $image := printf "%s:%s" $values.image.repository ($values.image.tag | default .root.Chart.AppVersion) -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
# preStop, the two graces, and time to write down how the runs ended.
terminationGracePeriodSeconds: {{ add 5 $values.shutdownGraceSeconds $values.stopGraceSeconds 25 }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "tasks.selector" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .role }}
initContainers:
  # Kubernetes lets a group read a mounted Secret; the server insists on a key that its user alone can read.
  - name: key
    image: {{ $image }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    command: [install, -m, "400", /secret/secret.key, /key/secret.key]
    securityContext:
      {{- include "tasks.locked" . | nindent 6 }}
    resources:
      requests: {cpu: 10m, memory: 16Mi}
      limits: {memory: 64Mi}
    volumeMounts:
      - {name: secret, mountPath: /secret, readOnly: true}
      - {name: key, mountPath: /key}
containers:
  - name: tasks
    image: {{ $image }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    env:
      - name: ROLE
        value: {{ .role }}
      - name: TASK_DATABASE_URL
        valueFrom:
          secretKeyRef: {name: {{ include "tasks.secret" .root }}, key: TASK_DATABASE_URL}
      - name: DATA_DATABASE_URL
        valueFrom:
          secretKeyRef: {name: {{ include "tasks.secret" .root }}, key: DATA_DATABASE_URL, optional: true}
      - name: EXTERNAL_TASKS_PATH
        value: /app/external_tasks
      - name: SECRET_KEY_FILE
        value: /key/secret.key
      - name: FILES_DIR
        value: /files
      - name: PUBLIC_URL
        value: {{ $values.publicUrl | quote }}
      - name: SCHEDULER_TIMEZONE
        value: {{ $values.timezone | quote }}
      - name: SHUTDOWN_GRACE_SECONDS
        value: {{ $values.shutdownGraceSeconds | quote }}
      - name: STOP_GRACE_SECONDS
        value: {{ $values.stopGraceSeconds | quote }}
      {{- range $name, $value := $values.env }}
      - name: {{ $name }}
        value: {{ $value | quote }}
      {{- end }}
    {{- with $values.envFrom }}
    envFrom:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    ports:
      - name: http
        containerPort: 3000
    # Nothing but /healthz restarts a server: one whose database is away still has runs to end.
    startupProbe:
      httpGet: {path: /healthz, port: http}
      periodSeconds: 2
      failureThreshold: 30
    livenessProbe:
      httpGet: {path: /healthz, port: http}
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet: {path: /readyz, port: http}
      periodSeconds: 5
      timeoutSeconds: 5
      failureThreshold: 2
    lifecycle:
      preStop:
        # Until no request is sent here any more.
        exec:
          command: [sleep, "5"]
    securityContext:
      {{- include "tasks.locked" . | nindent 6 }}
    resources:
      {{- toYaml $values.resources | nindent 6 }}
    volumeMounts:
      - {name: custom-tasks, mountPath: /app/external_tasks, readOnly: true}
      {{- range $folder, $files := $values.tasks.folders }}
      - {name: task-{{ $folder | replace "_" "-" }}, mountPath: /app/external_tasks/{{ $folder }}, readOnly: true}
      {{- end }}
      - {name: data, mountPath: /data}
      - {name: files, mountPath: /files}
      - {name: key, mountPath: /key, readOnly: true}
      - {name: tmp, mountPath: /tmp}
volumes:
  - name: custom-tasks
    {{- if $values.tasks.existingClaim }}
    persistentVolumeClaim:
      claimName: {{ $values.tasks.existingClaim }}
      readOnly: true
    {{- else }}
    configMap:
      name: {{ include "tasks.configMap" .root }}
    {{- end }}
  {{- range $folder, $files := $values.tasks.folders }}
  - name: task-{{ $folder | replace "_" "-" }}
    configMap:
      name: {{ include "tasks.folderConfigMap" (dict "root" $.root "folder" $folder) }}
  {{- end }}
  # Each server's own; what of it counts is in the database as well.
  - name: data
    emptyDir:
      sizeLimit: {{ $values.dataSize }}
  - name: files
    persistentVolumeClaim:
      claimName: {{ include "tasks.filesClaim" .root }}
  - name: secret
    secret:
      secretName: {{ include "tasks.secret" .root }}
      items:
        - {key: secret.key, path: secret.key}
  - name: key
    emptyDir:
      medium: Memory
      sizeLimit: 1Mi
  - name: tmp
    emptyDir:
      sizeLimit: {{ $values.tmpSize }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
