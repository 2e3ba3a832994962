/** Which kind of file system the state is on: what holds on a local disk may not hold where others write as well. */
import { statfsSync } from 'node:fs';

/** By the type that statfs(2) gives; see its manual for the numbers. */
const SHARED = new Map<number, string>([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
]);

/** The name of a file system that other machines may use at the same time; undefined for a local one. */
export function sharedFileSystem(path: string): string | undefined {
  try {
    return SHARED.get(statfsSync(path).type >>> 0);
  } catch {
    return undefined;
  }
}

export function describeShared(path: string, name: string): string {
  return (
    `${path} is on ${name}: that each moment runs at most once is sure only among the schedulers of one machine; ` +
    'SUPERTASK_STATE_DIR may name a local disk'
  );
}
