"""Permission to see texts of customers. `ensure_roles`, which runs after the migrations at every start, gives it to support."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('operator', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='operatoraction',
            options={
                'managed': False,
                'default_permissions': (),
                'permissions': [('suspend_account', 'May suspend and reactivate accounts'), ('change_account_plan', 'May change the plan of an account'), ('export_account', 'May export the data of an account'), ('erase_account', 'May erase an account'), ('impersonate_account', 'May see the dashboard as an account, without changing anything'), ('revoke_key', 'May revoke keys'), ('requeue_job', 'May give the parts of a job to other workers'), ('take_down_voice', 'May take voices down, and lift takedowns'), ('view_texts', 'May see texts, names of files and results of customers'), ('view_live', 'May see live workers and queues'), ('view_revenue', 'May see revenue'), ('view_traffic', 'May see usage, errors and latency')],
            },
        ),
    ]
