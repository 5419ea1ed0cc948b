/**
 * Countries by ISO 3166-1 code with a point near their middle (latitude, longitude, in degrees), rounded
 * to half a degree: enough to put a dot on a world map when only the country is known.
 */
const table = `
AD 42.5 1.5,AE 24 54,AF 33 66,AG 17 -62,AI 18 -63,AL 41 20,AM 40 45,AO -12.5 18.5,AQ -80 0,AR -34 -64,
AS -14.5 -170.5,AT 47.5 13.5,AU -25 134,AW 12.5 -70,AX 60 20,AZ 40.5 47.5,BA 44 18,BB 13 -59.5,BD 24 90,
BE 50.5 4.5,BF 13 -2,BG 43 25,BH 26 50.5,BI -3.5 30,BJ 9.5 2.5,BL 18 -63,BM 32.5 -65,BN 4.5 114.5,
BO -17 -65,BQ 12 -68.5,BR -10 -55,BS 24.5 -76,BT 27.5 90.5,BV -54.5 3.5,BW -22 24,BY 53 28,BZ 17 -88.5,
CA 56 -106,CC -12 97,CD -2.5 23.5,CF 7 21,CG -1 15,CH 47 8,CI 8 -5,CK -21 -160,CL -33 -71,CM 6 12,
CN 35 105,CO 4 -72,CR 10 -84,CU 22 -79.5,CV 16 -24,CW 12 -69,CX -10.5 105.5,CY 35 33,CZ 50 15,DE 51 10,
DJ 11.5 43,DK 56 10,DM 15.5 -61.5,DO 19 -70.5,DZ 28 3,EC -1.5 -78.5,EE 59 26,EG 27 30,EH 24.5 -13,
ER 15 39,ES 40 -4,ET 8 38,FI 63 26,FJ -18 178,FK -52 -59,FM 7 158,FO 62 -7,FR 46.5 2.5,GA -1 11.5,
GB 54 -2,GD 12 -61.5,GE 42 43.5,GF 4 -53,GG 49.5 -2.5,GH 8 -1,GI 36 -5.5,GL 72 -40,GM 13.5 -15.5,
GN 10.5 -10.5,GP 16 -61.5,GQ 2 10,GR 39 22,GS -54.5 -37,GT 15.5 -90.5,GU 13.5 145,GW 12 -15,GY 5 -59,
HK 22.5 114,HM -53 73.5,HN 15 -86.5,HR 45 16,HT 19 -72.5,HU 47 19.5,ID -2.5 118,IE 53 -8,IL 31.5 35,
IM 54 -4.5,IN 22 79,IO -6 71.5,IQ 33 44,IR 32.5 53.5,IS 65 -18.5,IT 42.5 12.5,JE 49 -2,JM 18 -77.5,
JO 31 36.5,JP 36 138,KE 0.5 38,KG 41.5 74.5,KH 12.5 105,KI 1.5 173,KM -12 44,KN 17.5 -62.5,KP 40 127,
KR 36.5 128,KW 29.5 47.5,KY 19.5 -81,KZ 48 67,LA 18 105,LB 34 36,LC 14 -61,LI 47 9.5,LK 7.5 80.5,
LR 6.5 -9.5,LS -29.5 28.5,LT 55.5 24,LU 49.5 6,LV 57 25,LY 27 17,MA 32 -6,MC 43.5 7.5,MD 47 29,ME 42.5 19.5,
MF 18 -63,MG -19 46.5,MH 7 171,MK 41.5 21.5,ML 17 -4,MM 21 96,MN 46.5 104,MO 22 113.5,MP 15 146,
MQ 14.5 -61,MR 20 -10.5,MS 16.5 -62,MT 36 14.5,MU -20.5 57.5,MV 3 73,MW -13.5 34,MX 23.5 -102,MY 4 109,
MZ -18 35,NA -22.5 17,NC -21.5 165.5,NE 17 8,NF -29 168,NG 9.5 8,NI 13 -85,NL 52 5.5,NO 62 10,NP 28 84,
NR -0.5 167,NU -19 -170,NZ -41 174,OM 21 56,PA 8.5 -80,PE -10 -76,PF -17.5 -149.5,PG -6.5 144,PH 12 122,
PK 30 70,PL 52 19.5,PM 47 -56.5,PN -25 -130,PR 18 -66.5,PS 32 35,PT 39.5 -8,PW 7.5 134.5,PY -23 -58,
QA 25.5 51,RE -21 55.5,RO 46 25,RS 44 21,RU 60 90,RW -2 30,SA 24 45,SB -9.5 160,SC -4.5 55.5,SD 15 30,
SE 62 15,SG 1.5 104,SH -16 -5.5,SI 46 15,SJ 78 17,SK 48.5 19.5,SL 8.5 -12,SM 44 12.5,SN 14.5 -14.5,
SO 5 46,SR 4 -56,SS 7.5 30,ST 1 7,SV 14 -89,SX 18 -63,SY 35 38.5,SZ -26.5 31.5,TC 22 -72,TD 15 19,
TF -49.5 69.5,TG 8.5 1,TH 15 101,TJ 39 71,TK -9 -172,TL -9 125.5,TM 39 59.5,TN 34 9.5,TO -21 -175,TR 39 35,
TT 10.5 -61.5,TV -8.5 179,TW 23.5 121,TZ -6 35,UA 49 32,UG 1.5 32.5,UM 19.5 166.5,US 39.5 -98.5,
UY -33 -56,UZ 41.5 64,VA 42 12.5,VC 13 -61,VE 7 -66,VG 18.5 -64.5,VI 18 -65,VN 16 107,VU -16.5 168,
WF -13.5 -176,WS -13.5 -172,XK 42.5 21,YE 15.5 48,YT -13 45,ZA -29 24,ZM -14 28,ZW -19 30`

const centres = new Map(
  table.split(',').map((row) => {
    const [code = '', lat, lon] = row.trim().split(' ')
    return [code, { lat: Number(lat), lon: Number(lon) }]
  }),
)

/** A point near the middle of a country by its ISO 3166-1 alpha-2 code; `undefined` for an unknown code. */
export function centreOf(country: string): { lat: number; lon: number } | undefined {
  return centres.get(country)
}
