// TensorTest compares a counter of the whole process, so no two tests may run at once.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
