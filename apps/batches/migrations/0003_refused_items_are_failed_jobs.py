import uuid

from django.db import migrations

COUNT = """
UPDATE batches_batch AS batch SET failed_count = counts.failed, cancelled_count = counts.cancelled
FROM (
    SELECT item.batch_id,
           COUNT(*) FILTER (WHERE job.state IN ('failed', 'expired')) AS failed,
           COUNT(*) FILTER (WHERE job.state = 'cancelled') AS cancelled
    FROM batches_batchitem item JOIN jobs_job job ON job.uuid = item.job_id GROUP BY item.batch_id
) AS counts
WHERE counts.batch_id = batch.uuid
"""


def make_jobs(apps, schema_editor):
    """Give each refused item a job that has failed, so that usage counts it."""
    job_model = apps.get_model('jobs', 'Job')
    items = apps.get_model('batches', 'BatchItem').objects.filter(job=None).select_related('batch')
    for item in items.iterator():
        batch = item.batch
        item.job = job_model.objects.create(
            uuid=uuid.uuid4(),
            account_id=batch.account_id,
            api_key_id=batch.api_key_id,
            tenant=f'account:{batch.account_id}',
            kind='speech',
            queue='',
            lane='bulk',
            state='failed',
            part_count=0,
            concurrency_limit=1,
            has_webhooks=False,
            retention_days=batch.retention_days,
            request_id=batch.request_id,
            error_code=item.error_code,
            error_message=item.error_message,
            created_at=batch.created_at,
            finished_at=batch.created_at,
            expires_at=batch.expires_at,
        )
        item.error_code = ''
        item.save(update_fields=['job', 'error_code'])


class Migration(migrations.Migration):

    dependencies = [
        ('batches', '0002_counts_by_outcome'),
        ('jobs', '0004_charges_by_stage'),
    ]

    operations = [
        migrations.RunPython(make_jobs, migrations.RunPython.noop),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
