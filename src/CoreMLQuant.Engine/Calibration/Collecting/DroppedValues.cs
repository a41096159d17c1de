using System.Collections.Specialized;
using System.Linq;
using CoreMLQuant.Collections;
using CoreMLQuant.Running;

namespace CoreMLQuant.Calibration.Collecting;

/// <summary>
/// Has the memory of values collected that were looked at and dropped. They are large arrays, which the garbage collector only looks at once there are as many new ones as there is memory that stays: beside Gram
/// matrices, hundreds of megabytes.
/// </summary>
internal sealed class DroppedValues
{
    private long _bytes;

    /// <summary>Counts what a run gave, which is dropped before the next one.</summary>
    public void Add(ModelRun run) => _bytes += sizeof(float) * (CountOf(run.Outputs) + CountOf(run.IntermediateValues));

    /// <summary>Collects them if they are many. No run may be held any more.</summary>
    public void Collect()
    {
        DroppedArrays.Add(_bytes);
        _bytes = 0;
    }

    private static long CountOf(OrderedDictionary values) => values.Values.OfType<MultiArray>().Sum(array => array.Values.LongLength);
}
