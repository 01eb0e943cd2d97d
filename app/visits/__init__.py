"""Plans, and the visits and attempts at the owners' doors."""
