using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using CoreMLQuant.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CoreMLQuant.Runtime.Sessions;

/// <summary>Weights that were decoded for a session: in memory of our own, which lives as long as the session.</summary>
internal sealed unsafe class WeightMemory : IDisposable
{
    private const int Alignment = 64;
    private const int TileElements = 64 << 10;
    private const int ElementSize = 4;

    private readonly List<IntPtr> _blocks = [];
    private readonly List<(string Name, OrtValue Value)> _values = [];

    /// <summary>Decodes weights, each once, on all processors.</summary>
    /// <exception cref="OutOfMemoryException">There is not enough memory for them.</exception>
    public void Decode(IEnumerable<DecodedOnnxWeight> weights, CancellationToken cancellationToken)
    {
        foreach (DecodedOnnxWeight weight in weights)
        {
            var block = (IntPtr)NativeMemory.AlignedAlloc((nuint)Math.Max(weight.ByteCount, ElementSize), Alignment);
            _blocks.Add(block);
            Decode(weight, block, cancellationToken);
            TensorElementType type = weight.TensorType == OnnxTensorType.Int32 ? TensorElementType.Int32 : TensorElementType.Float;
            var value = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, [.. weight.Shape], block, weight.ByteCount);
            _values.Add((weight.TensorName, value));
        }
    }

    /// <summary>Gives the weights to a session that is about to be made.</summary>
    /// <param name="options">The session's options.</param>
    /// <param name="isShared">Whether the session uses them where they are, for graphs that are not optimized; otherwise it copies them.</param>
    /// <param name="isWanted">Which weights its graph has; <see langword="null"/> for all.</param>
    public void Give(SessionOptions options, bool isShared, Func<string, bool>? isWanted = null)
    {
        List<(string Name, OrtValue Value)> values = isWanted is null ? _values : _values.FindAll(item => isWanted(item.Name));
        if (isShared)
        {
            values.ForEach(item => options.AddInitializer(item.Name, item.Value));
        }
        else
        {
            ExternalInitializers.Add(options, values);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _values.ForEach(item => item.Value.Dispose());
        _values.Clear();
        _blocks.ForEach(block => NativeMemory.AlignedFree((void*)block));
        _blocks.Clear();
    }

    private static void Decode(DecodedOnnxWeight weight, IntPtr block, CancellationToken cancellationToken)
    {
        long tiles = (weight.Count + TileElements - 1) / TileElements;
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, tiles, options, tile =>
        {
            long start = tile * TileElements;
            int count = (int)Math.Min(TileElements, weight.Count - start);
            weight.Read(start, new Span<byte>((byte*)block + (start * ElementSize), count * ElementSize));
        });
    }
}
