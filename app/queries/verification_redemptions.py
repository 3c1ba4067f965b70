"""What must hold between redemptions, the books, the stock and the vouchers; each statement selects what breaks it."""

from __future__ import annotations

REDEMPTION_CHECKS = {
    "every redemption has its debit": """
        SELECT r.id, format('%s points redeemed, entry of %s', r.points_redeemed, l.amount)
        FROM redemption r LEFT JOIN ledger_entry l
          ON l.business_id = r.business_id AND l.enrollment_id = r.enrollment_id AND l.kind = 'redeem'
         AND l.source_key = 'redemption:' || r.id
        WHERE r.business_id = :business_id AND l.amount IS DISTINCT FROM -r.points_redeemed""",
    "every debit for a reward has its redemption": """
        SELECT l.id, format('%s, and no redemption', l.source_key)
        FROM ledger_entry l LEFT JOIN redemption r
          ON r.business_id = l.business_id AND r.enrollment_id = l.enrollment_id
         AND l.source_key = 'redemption:' || r.id
        WHERE l.business_id = :business_id AND l.kind = 'redeem' AND l.source_key LIKE 'redemption:%'
          AND r.id IS NULL""",
    "a cancelled redemption gave back what it says": """
        SELECT r.id, format('says %s, entries %s', r.points_returned, coalesce(sum(b.amount), 0))
        FROM redemption r
        LEFT JOIN ledger_entry l ON l.business_id = r.business_id AND l.enrollment_id = r.enrollment_id
          AND l.source_key = 'redemption:' || r.id
        LEFT JOIN ledger_entry b ON b.business_id = l.business_id AND b.reverses_entry_id = l.id AND b.kind = 'restore'
        WHERE r.business_id = :business_id GROUP BY r.business_id, r.id
        HAVING coalesce(sum(b.amount), 0) <> r.points_returned
            OR r.points_returned NOT IN (0, r.points_redeemed)""",
    "the stock is what redemptions have left of it": """
        SELECT w.id, format('%s of %s left, %s held', w.quantity_remaining, w.quantity_available, count(r.id))
        FROM reward w LEFT JOIN redemption r
          ON r.business_id = w.business_id AND r.reward_id = w.id AND r.holds_stock
        WHERE w.business_id = :business_id AND w.quantity_available IS NOT NULL
        GROUP BY w.business_id, w.id HAVING w.quantity_available - w.quantity_remaining <> count(r.id)""",
    "a voucher ends with its redemption": """
        SELECT r.id, format('is %s, its voucher %s', r.status, v.status)
        FROM redemption r LEFT JOIN voucher v ON v.business_id = r.business_id AND v.id = r.voucher_id
        WHERE r.business_id = :business_id AND r.voucher_id IS NOT NULL
          AND (v.redemption_id IS DISTINCT FROM r.id OR v.member_id <> r.member_id
               OR (v.status = 'available') <> (r.status IN ('pending', 'approved'))
               OR (v.status = 'redeemed') <> (r.status IN ('shipped', 'delivered', 'redeemed')))""",
    "a voucher is redeemed once": """
        SELECT v.id, format('is %s, announced %s times', v.status, count(o.id))
        FROM voucher v LEFT JOIN outbox o
          ON o.business_id = v.business_id AND o.event_type = 'loyalty.voucher.redeemed'
         AND o.payload ->> 'voucherId' = v.id::text
        WHERE v.business_id = :business_id GROUP BY v.business_id, v.id
        HAVING count(o.id) <> (v.status = 'redeemed')::int""",
}
