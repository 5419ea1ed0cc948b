-- Orders of a site: events `purchase` (or `order_completed`), one row for each transaction. Of several events with
-- one key the earliest counts. currency: that of the event, else the site's when it was stored. products:
-- [{"id": "A-1", "name": "Lamp", "quantity": 2, "revenue": 39.8}, …]
create table orders (
  site_id    text           not null collate "C",
  -- Hash of `transaction_id`, else `order_id`, else the item's id: the text may be longer than an index takes.
  order_key  uuid           not null,
  item_id    uuid           not null,
  at         timestamptz    not null,
  visitor_id bigint         not null,
  visit_id   uuid           not null,
  currency   text           not null,
  -- Null where the event has no amount, or one that cannot be read.
  value      numeric(16, 4),
  products   jsonb          not null,
  primary key (site_id, order_key)
);

create index orders_at on orders (site_id, at) include (currency, value);
create index orders_visitor on orders (site_id, visitor_id);

-- A number, or decimal digits as text, from 0 to under 10^12, to four places. Anything else is null: what a sender
-- writes must never fail a commit.
create function amount_of(raw jsonb) returns numeric language sql immutable parallel safe as $$
  select case when number >= 0 and round(number, 4) < 1e12 then round(number, 4) end
  from (
    select case
      when jsonb_typeof(raw) = 'number' then raw::numeric
      when jsonb_typeof(raw) = 'string' and raw #>> '{}' ~ '^ *[0-9]{1,12}([.][0-9]{1,12})? *$' then (raw #>> '{}')::numeric
    end as number) n
$$;

-- The products of an event: those of its list `items`, or the one that its own properties name. revenue: price ×
-- quantity, null where either cannot be read; without a quantity it is one.
create function products_of(props jsonb)
returns table (id text, name text, quantity numeric, revenue numeric) language sql immutable parallel safe as $$
  select n.id, n.name, n.quantity, case when round(n.price * n.quantity, 4) < 1e12 then round(n.price * n.quantity, 4) end
  from jsonb_array_elements(
         case jsonb_typeof(props -> 'items') when 'array' then props -> 'items' else jsonb_build_array(props - 'id' - 'name') end
       ) as line,
       lateral (
         select coalesce(line ->> 'item_id', line ->> 'product_id', line ->> 'sku', line ->> 'id', '') as id,
                coalesce(line ->> 'item_name', line ->> 'product_name', line ->> 'name', '') as name,
                amount_of(line -> 'price') as price,
                amount_of(coalesce(nullif(line -> 'quantity', 'null'), '1')) as quantity
       ) n
  where jsonb_typeof(line) = 'object'
    and (jsonb_typeof(props -> 'items') = 'array' or n.id <> '' or n.name <> '')
$$;

-- The amount of a purchase: its `value`, `revenue` or `total`, else the sum of its products.
create function order_value(props jsonb) returns numeric language sql immutable parallel safe as $$
  select case when given is not null then amount_of(given) else (
    select case when bool_and(revenue is not null) and sum(revenue) < 1e12 then sum(revenue) end
    from products_of(props)) end
  from (
    select coalesce(nullif(props -> 'value', 'null'), nullif(props -> 'revenue', 'null'), nullif(props -> 'total', 'null')) as given
  ) g
$$;

-- Stores the orders of some items of a site. What is no purchase is left out; twice is as good as once.
create function fill_orders(of_site text, of_items uuid[]) returns void language sql as $$
  insert into orders as o (site_id, order_key, item_id, at, visitor_id, visit_id, currency, value, products)
  select distinct on (k.order_key)
         i.site_id, k.order_key, i.id, i.at, i.visitor_id, i.visit_id,
         case when i.props ->> 'currency' ~ '^[A-Za-z]{3}$' then upper(i.props ->> 'currency' collate "C") else s.currency end,
         order_value(i.props),
         coalesce((select jsonb_agg(p) from products_of(i.props) p where p.id <> '' or p.name <> ''), '[]')
  from items i
    join sites s on s.site_id = i.site_id,
    lateral (
      select md5(coalesce(
        nullif(i.props ->> 'transaction_id', ''), nullif(i.props ->> 'order_id', ''), i.id::text))::uuid as order_key
    ) k
  where i.site_id = of_site and i.id = any(of_items)
    and i.type = 'event' and i.name in ('purchase', 'order_completed')
  order by k.order_key, i.at, i.id
  on conflict (site_id, order_key) do update
  set item_id = excluded.item_id, at = excluded.at, visitor_id = excluded.visitor_id, visit_id = excluded.visit_id,
      currency = excluded.currency, value = excluded.value, products = excluded.products
  where (excluded.at, excluded.item_id) < (o.at, o.item_id)
$$;

-- What was stored before there were orders.
select fill_orders(site_id, array_agg(id))
from items
where type = 'event' and name in ('purchase', 'order_completed')
group by site_id;
