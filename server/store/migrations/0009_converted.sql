-- Roll-ups of goals have become more: what converted under each value of each dimension, see store/rollup.ts.
insert into unrolled_days (site_id, family, day)
select site_id, 'goals', day
from rollups
where dimension = 'goal'
union
select m.site_id, 'goals', x.day
from rollup_movements m, json_to_recordset(m.moved) as x (day date)
where m.dimension = 'goal'
on conflict (site_id, family, day) do update set rolling = null;
