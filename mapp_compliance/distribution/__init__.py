"""Who gets which copy: plan, copy life cycle, manifest, parcel, receipts."""
