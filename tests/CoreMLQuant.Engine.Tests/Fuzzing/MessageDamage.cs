using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace CoreMLQuant.Tests.Fuzzing;

/// <summary>
/// What broken programs do to a specification: it remains a message of the schema, and a field of it is missing, doubled, out of order, from
/// somewhere else in the model, or has a value at the end of its range.
/// </summary>
internal static class MessageDamage
{
    private const int MostFields = 3;

    private static readonly long[] Numbers = [0, 1, -1, 2, 3, 33, 127, 255, 65536, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];
    private static readonly double[] Reals = [0, -0.0, 1, -1, 1e-8, 1e38, double.NaN, double.PositiveInfinity];

    /// <summary>Damages one to three fields of a message.</summary>
    /// <param name="root">The message; it is changed.</param>
    /// <param name="random">Says which and how.</param>
    public static void Apply(IMessage root, Random random)
    {
        for (int i = random.Next(1, MostFields + 1); i > 0; i--)
        {
            var all = new List<IMessage>();
            Collect(root, all);
            IMessage message = all[random.Next(all.Count)];
            FieldDescriptor[] set = message.Descriptor.Fields.InDeclarationOrder().Where(field => IsSet(field, message)).ToArray();

            // Sometimes a field that the message does not have.
            IList<FieldDescriptor> fields = set.Length > 0 && random.Next(8) > 0 ? set : message.Descriptor.Fields.InDeclarationOrder();
            if (fields.Count > 0)
            {
                Damage(message, fields[random.Next(fields.Count)], all, random);
            }
        }
    }

    private static void Damage(IMessage message, FieldDescriptor field, List<IMessage> all, Random random)
    {
        object value = field.Accessor.GetValue(message);
        if (field.IsMap)
        {
            field.Accessor.Clear(message);
        }
        else if (field.IsRepeated)
        {
            DamageList((IList)value, field, all, random);
        }
        else if (random.Next(4) == 0)
        {
            field.Accessor.Clear(message);
        }
        else
        {
            field.Accessor.SetValue(message, Other(field, value, all, random));
        }
    }

    private static void DamageList(IList list, FieldDescriptor field, List<IMessage> all, Random random)
    {
        int at = list.Count == 0 ? 0 : random.Next(list.Count);
        switch (list.Count == 0 ? 3 : random.Next(5))
        {
            case 0:
                list.RemoveAt(at);
                break;
            case 1:
                for (int i = random.Next(8) == 0 ? 40 : 1; i > 0; i--)
                {
                    list.Insert(at, Copy(list[at]!));
                }

                break;
            case 2:
                int other = random.Next(list.Count);
                object kept = Copy(list[at]!);
                list[at] = Copy(list[other]!);
                list[other] = kept;
                break;
            case 3:
                list.Insert(at, Other(field, list.Count == 0 ? null : list[at], all, random));
                break;
            default:
                list[at] = Other(field, list[at], all, random);
                break;
        }
    }

    private static object Other(FieldDescriptor field, object? value, List<IMessage> all, Random random)
    {
        long number = Numbers[random.Next(Numbers.Length)];
        return field.FieldType switch
        {
            FieldType.Message => OtherMessage(field.MessageType, all, random),
            FieldType.String => OtherText(value as string, all, random),
            FieldType.Bytes => ByteString.CopyFrom(ByteDamage.Apply((value as ByteString)?.ToByteArray() ?? [], random)),
            FieldType.Bool => random.Next(2) == 0,
            FieldType.Float => (float)Reals[random.Next(Reals.Length)],
            FieldType.Double => Reals[random.Next(Reals.Length)],
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)(Nearby(value, random) ?? number)),
            FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)(Nearby(value, random) ?? number)),
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Nearby(value, random) ?? number,
            FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)(Nearby(value, random) ?? number)),
            FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, OtherNumber(field.EnumType, random)),
            _ => throw new NotSupportedException(field.FieldType.ToString()),
        };
    }

    private static long? Nearby(object? value, Random random) => value is null || random.Next(2) == 0
        ? null
        : unchecked((value is ulong large ? (long)large : Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)) + random.Next(-1, 2));

    private static int OtherNumber(EnumDescriptor type, Random random) => random.Next(4) == 0 ? 99 : type.Values[random.Next(type.Values.Count)].Number;

    private static object OtherMessage(MessageDescriptor type, List<IMessage> all, Random random)
    {
        IMessage[] alike = all.Where(message => message.Descriptor == type).ToArray();
        return alike.Length > 0 && random.Next(4) > 0 ? Copy(alike[random.Next(alike.Length)]) : type.Parser.ParseFrom(ByteString.Empty);
    }

    // Most texts are names; the name of something else is the likeliest to confuse.
    private static string OtherText(string? text, List<IMessage> all, Random random)
    {
        string[] names = all.SelectMany(message => message.Descriptor.Fields.InDeclarationOrder()
            .Where(field => field.FieldType == FieldType.String && !field.IsMap && !field.IsRepeated)
            .Select(field => (string)field.Accessor.GetValue(message))).ToArray();
        return random.Next(4) switch
        {
            0 => string.Empty,
            1 => text + "x",
            _ => names.Length == 0 ? "x" : names[random.Next(names.Length)],
        };
    }

    private static object Copy(object value) => value is IMessage message ? message.Descriptor.Parser.ParseFrom(message.ToByteString()) : value;

    private static bool IsSet(FieldDescriptor field, IMessage message) => field.Accessor.GetValue(message) switch
    {
        IList list => list.Count > 0,
        IDictionary map => map.Count > 0,
        null => false,
        object value => !field.HasPresence || field.Accessor.HasValue(message),
    };

    private static void Collect(IMessage message, List<IMessage> all)
    {
        all.Add(message);
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType != FieldType.Message || field.IsMap)
            {
                continue;
            }

            object? value = field.Accessor.GetValue(message);
            foreach (IMessage inner in value is IList list ? list.Cast<IMessage>() : value is IMessage single ? [single] : [])
            {
                Collect(inner, all);
            }
        }
    }
}
