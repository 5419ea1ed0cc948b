-- What was given back: events `refund` (or `order_refunded`), and purchases of a negative amount, which are no orders. A
-- refund of no stated amount is of the whole order that it names.
alter table orders add column refund boolean not null default false;
-- The order that a refund is of, whether it is stored or not.
alter table orders add column refunded_key uuid;
-- Whether the event named a currency, or the site's was taken.
alter table orders add column priced boolean not null default true;

-- A number, or decimal digits as text, between -10^12 and 10^12, to four places. Anything else is null: what a sender
-- writes must never fail a commit.
create function signed_amount_of(raw jsonb) returns numeric language sql immutable parallel safe as $$
  select case when abs(round(number, 4)) < 1e12 then round(number, 4) end
  from (
    select case
      when jsonb_typeof(raw) = 'number' then raw::numeric
      when jsonb_typeof(raw) = 'string' and raw #>> '{}' ~ '^ *-?[0-9]{1,12}([.][0-9]{1,12})? *$' then (raw #>> '{}')::numeric
    end as number) n
$$;

create or replace function products_of(props jsonb)
returns table (id text, name text, quantity numeric, revenue numeric) language sql immutable parallel safe as $$
  select n.id, n.name, n.quantity, case when abs(round(n.price * n.quantity, 4)) < 1e12 then round(n.price * n.quantity, 4) end
  from jsonb_array_elements(
         case jsonb_typeof(props -> 'items') when 'array' then props -> 'items' else jsonb_build_array(props - 'id' - 'name') end
       ) as line,
       lateral (
         select coalesce(line ->> 'item_id', line ->> 'product_id', line ->> 'sku', line ->> 'id', '') as id,
                coalesce(line ->> 'item_name', line ->> 'product_name', line ->> 'name', '') as name,
                signed_amount_of(line -> 'price') as price,
                signed_amount_of(coalesce(nullif(line -> 'quantity', 'null'), '1')) as quantity
       ) n
  where jsonb_typeof(line) = 'object'
    and (jsonb_typeof(props -> 'items') = 'array' or n.id <> '' or n.name <> '')
$$;

create or replace function order_value(props jsonb) returns numeric language sql immutable parallel safe as $$
  select case when given is not null then signed_amount_of(given) else (
    select case when bool_and(revenue is not null) and abs(sum(revenue)) < 1e12 then sum(revenue) end
    from products_of(props)) end
  from (
    select coalesce(nullif(props -> 'value', 'null'), nullif(props -> 'revenue', 'null'), nullif(props -> 'total', 'null')) as given
  ) g
$$;

-- Stores the orders and refunds of some items of a site. What is neither is left out; twice is as good as once. A refund
-- is known by its `refund_id`; without one, one of a stated amount by its item, as there may be several of an order, and
-- one of a whole order, or a negative purchase, by the transaction.
create or replace function fill_orders(of_site text, of_items uuid[]) returns void language sql as $$
  insert into orders as o (
    site_id, order_key, item_id, at, visitor_id, visit_id, currency, value, products, refund, refunded_key, priced)
  select distinct on (k.order_key)
         i.site_id, k.order_key, i.id, i.at, i.visitor_id, i.visit_id,
         case when i.props ->> 'currency' ~ '^[A-Za-z]{3}$' then upper(i.props ->> 'currency' collate "C") else s.currency end,
         case when a.refund then abs(a.value) else a.value end,
         coalesce((
           select jsonb_agg(jsonb_build_object(
             'id', p.id, 'name', p.name,
             'quantity', case when a.refund then -abs(p.quantity) else p.quantity end,
             'revenue', case when a.refund then -abs(p.revenue) else p.revenue end))
           from products_of(i.props) p
           where p.id <> '' or p.name <> ''), '[]'),
         a.refund,
         case when a.refund then md5(t.transaction)::uuid end,
         coalesce(i.props ->> 'currency' ~ '^[A-Za-z]{3}$', false)
  from items i
    join sites s on s.site_id = i.site_id,
    -- Behind the offset it is worked out once: else the planner puts it wherever it is named, and does it for each product.
    lateral (select order_value(i.props) as value offset 0) v,
    lateral (
      select v.value, i.name in ('refund', 'order_refunded') or coalesce(v.value < 0, false) as refund
      offset 0
    ) a,
    lateral (
      select coalesce(nullif(i.props ->> 'transaction_id', ''), nullif(i.props ->> 'order_id', '')) as transaction
    ) t,
    lateral (
      select md5(case
        when not a.refund then coalesce(t.transaction, i.id::text)
        when i.props ->> 'refund_id' <> '' then 'refund ' || (i.props ->> 'refund_id')
        when i.name in ('refund', 'order_refunded') and a.value is not null then 'refund ' || i.id::text
        else 'refund of ' || coalesce(t.transaction, i.id::text)
      end)::uuid as order_key
    ) k
  where i.site_id = of_site and i.id = any(of_items)
    and i.type = 'event' and i.name in ('purchase', 'order_completed', 'refund', 'order_refunded')
  order by k.order_key, i.at, i.id
  on conflict (site_id, order_key) do update
  set item_id = excluded.item_id, at = excluded.at, visitor_id = excluded.visitor_id, visit_id = excluded.visit_id,
      currency = excluded.currency, value = excluded.value, products = excluded.products,
      refund = excluded.refund, refunded_key = excluded.refunded_key, priced = excluded.priced
  where (excluded.at, excluded.item_id) < (o.at, o.item_id)
$$;

-- Orders and refunds with what they add to revenue: a refund takes away.
create view sales as
select o.site_id, o.order_key, o.item_id, o.at, o.visitor_id, o.visit_id, o.products, o.refund,
       -- What names no currency is in that of its order, if that is known.
       case when o.refund and not o.priced then coalesce(r.currency, o.currency) else o.currency end as currency,
       case when o.refund then -coalesce(o.value, r.value) else o.value end as value
from orders o
  left join orders r on o.refund and r.site_id = o.site_id and r.order_key = o.refunded_key and not r.refund;
